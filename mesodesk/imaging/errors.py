"""Why a file is not taken for a photograph: each with a sentence for who brought it."""

_KEPT = "Nothing was kept of it."


class PhotoFileError(ValueError):
    """The file is not taken. `sentence` says why, that nothing was kept, and what to do."""

    def __init__(self, why: str, what: str) -> None:
        self.sentence = f"{why} {_KEPT} {what}"
        super().__init__(self.sentence)


class UnknownKindError(PhotoFileError):
    """It is no JPEG, PNG or HEIC, whatever its name says."""

    def __init__(self) -> None:
        super().__init__(
            "This file is no JPEG, PNG or HEIC picture.",
            "Save it in one of these forms, and bring it again.",
        )


class DamagedPhotoError(PhotoFileError):
    """It begins as a picture and is not whole."""

    def __init__(self) -> None:
        super().__init__(
            "This picture is damaged or was copied only in part.",
            "Copy it from the camera once more.",
        )


class TooLargeError(PhotoFileError):
    """It has more bytes or more points than are taken.

    Args:
        said: how large it is: `200 MB`.
        most: how large it may be.
    """

    def __init__(self, said: str, most: str) -> None:
        super().__init__(
            f"This picture is too large: {said}, and {most} are the most.",
            "Choose a smaller picture size in the camera, or save a smaller copy.",
        )


class UnreadableFileError(PhotoFileError):
    """The disk, stick or camera does not give it."""

    def __init__(self) -> None:
        super().__init__(
            "This file could not be read.", "Check the stick or camera, and bring it again."
        )
