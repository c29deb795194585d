"""The building blocks of every page; each module says what is in it.

Import from the modules (`from mesodesk.ui.widgets.buttons import Button`): nothing is loaded here,
because the unlock window needs few of them.

    text          Title, Heading, Strong, Body, Muted, Label, ElidedLabel, KeyHint
    buttons       Button, IconButton, ToolButton
    segments      SegmentedControl, TriState, Scale0to10
    chips         Chip
    cards         Card, Notice, EmptyState, ProgressBar, IconLabel, Fact
    layouts       FlowLayout, PageScroll, row, column, clear
    textfields    TextField, SearchField, PasswordField, MultilineField
    numberfields  NumberField, WeightField, LengthField
    datefield     DateField
    choices       ChoiceField, PickList, CheckField, Option
    forms         Form, FormRow
    strips        TabStrip, StepStrip
    rows          Row, RowList; RowDelegate for long lists
    badges        SyringeBadge, InitialsBadge, draw_badge, shape_path
    popover       Popover
    dialogs       ConfirmDialog
    disclosure    Disclosure
    tab_order     step
"""
