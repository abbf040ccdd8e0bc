//! Folding of filters.

use purlin_core::schema::{FieldId, ModelId};
use purlin_core::statement::{Filter, Operand, Origin};

fn leaf(field: u16) -> Filter {
    Filter::Truth(Operand::Column {
        origin: Origin::ROW,
        model: ModelId(0),
        relations: Vec::new(),
        field: FieldId(field),
    })
}

#[test]
fn constants_fold_away() {
    assert_eq!(Filter::all([]), Filter::Always);
    assert_eq!(Filter::any([]), Filter::Never);
    assert_eq!(Filter::all([Filter::Always, leaf(1)]), leaf(1));
    assert_eq!(Filter::all([leaf(1), Filter::Never, leaf(2)]), Filter::Never);
    assert_eq!(Filter::any([Filter::Never, leaf(1)]), leaf(1));
    assert_eq!(Filter::any([leaf(1), Filter::Always]), Filter::Always);
    assert_eq!(Filter::not(Filter::not(leaf(1))), leaf(1));
    assert_eq!(Filter::not(Filter::Always), Filter::Never);
}

#[test]
fn nested_groups_flatten() {
    let nested = Filter::all([Filter::all([leaf(1), leaf(2)]), leaf(3)]);
    assert_eq!(nested, Filter::All(vec![leaf(1), leaf(2), leaf(3)]));
}
