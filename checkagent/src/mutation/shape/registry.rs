//! The shapes that there are.

use super::shape::{Shape, ShapeKind};
use super::{aws, google, graph, misc};

/// Every shape.
pub fn shapes() -> impl Iterator<Item = Shape> {
    [aws::SHAPES, google::SHAPES, graph::SHAPES, misc::SHAPES].into_iter().flatten().copied()
}

/// The shapes of one kind, in a fixed order.
#[must_use]
pub fn of_kind(kind: ShapeKind) -> Vec<Shape> {
    shapes().filter(|shape| shape.kind() == kind).collect()
}

/// The shape of that id.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
#[must_use]
pub fn shape(id: &str) -> Shape {
    shapes().find(|shape| shape.id() == id).unwrap_or_else(|| {
        let known: Vec<_> = shapes().map(|shape| shape.id()).collect();
        panic!("no such shape: `{id}`; known are {}", known.join(", "))
    })
}

/// Another vendor at each site, always the same one at the same site.
pub(in crate::mutation) fn rotated(kind: ShapeKind, number: usize) -> Shape {
    let shapes = of_kind(kind);
    shapes[number % shapes.len()]
}

/// The shape of that id, if it is one of that kind.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
pub(in crate::mutation) fn named(kind: ShapeKind, id: &str) -> Shape {
    let known = of_kind(kind);
    known.iter().copied().find(|shape| shape.id() == id).unwrap_or_else(|| {
        let known: Vec<_> = known.iter().map(Shape::id).collect();
        panic!("no such shape here: `{id}`; known are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_names_one_shape() {
        let mut ids: Vec<_> = shapes().map(|shape| shape.id()).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
