"""Copies the starter catalogue into a new vault."""

from mesodesk.db.models.stock import ProductRow
from mesodesk.domain.catalogue import Catalogue, ProductTemplate, load_catalogue
from mesodesk.domain.records.stock import ActiveFields, RegulatoryStatus
from mesodesk.services.product_rows import active_row, name_key
from mesodesk.services.store import Transaction


def add_starter_products(tx: Transaction, language: str) -> None:
    """Add a product for each template, named in the clinic's language, its status unknown."""
    catalogue = load_catalogue()
    rows = [_product(catalogue, template, language) for template in catalogue.products.values()]
    tx.db.add_all(rows)
    tx.db.flush()
    tx.audit("catalogue.start", "product", None, catalogue=catalogue.version, products=len(rows))


def _product(catalogue: Catalogue, template: ProductTemplate, language: str) -> ProductRow:
    name = template.name.get(language)
    return ProductRow(
        name=name,
        name_folded=name_key(name),
        product_class=template.class_id,
        container_ml=template.container_ml,
        single_dose=template.single_dose,
        diluent=template.diluent,
        status=RegulatoryStatus.UNKNOWN,
        starter_id=template.id,
        actives=[
            active_row(
                position,
                ActiveFields(
                    part.ingredient_id,
                    catalogue.ingredients[part.ingredient_id].name.get(language),
                    part.strength,
                ),
            )
            for position, part in enumerate(template.components)
        ],
    )
