//! How panes share the screen.

use ratatui::layout::Rect;

/// A pane smaller than this shows nothing that one could read.
const LEAST: (u16, u16) = (38, 5);

/// The areas of `count` panes, row by row; none if they would be too small, or if there are none.
pub(super) fn grid(area: Rect, count: u16) -> Option<Vec<Rect>> {
    let best = (1..=count).rev().filter_map(|columns| {
        let rows = count.div_ceil(columns);
        let (width, height) = (area.width / columns, area.height / rows);
        // Neither an empty row nor one with many panes fewer than the others.
        let even = columns * rows - count < columns.min(rows.max(2));
        (even && width >= LEAST.0 && height >= LEAST.1)
            .then_some((width.min(60) + 2 * height.min(15), columns))
    });
    // Of equal ones the first: side by side rather than stacked.
    let (_, columns) = best.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let rows = count.div_ceil(columns);
    let part = |from: u16, length: u16, at: u16, of: u16| {
        let edge = |at: u16| u32::from(length) * u32::from(at) / u32::from(of);
        let (start, end) = (edge(at), edge(at + 1));
        (from + u16::try_from(start).unwrap_or(0), u16::try_from(end - start).unwrap_or(0))
    };
    let place = |n: u16| {
        let row = n / columns;
        let in_row = columns.min(count - row * columns);
        let (y, height) = part(area.y, area.height, row, rows);
        let (x, width) = part(area.x, area.width, n % columns, in_row);
        Rect { x, y, width, height }
    };
    Some((0..count).map(place).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn panes_lie_side_by_side_as_long_as_they_can_be_read() {
        let shape = |width, height, count| {
            let places = grid(Rect::new(0, 0, width, height), count)?;
            let columns = places.iter().filter(|place| place.y == 0).count();
            Some((columns, places.len().div_ceil(columns)))
        };
        assert_eq!(shape(120, 40, 2), Some((2, 1)));
        assert_eq!(shape(80, 24, 2), Some((1, 2)));
        assert_eq!(shape(200, 50, 3), Some((3, 1)));
        assert_eq!(shape(200, 50, 4), Some((2, 2)));
        assert_eq!(shape(200, 50, 6), Some((3, 2)));
        assert_eq!(shape(60, 16, 6), None);
    }

    proptest! {
        #[test]
        fn panes_cover_the_area_and_never_overlap(width in 0u16..300, height in 0u16..100, count in 0u16..7) {
            let area = Rect::new(3, 2, width, height);
            let Some(places) = grid(area, count) else { return Ok(()) };
            prop_assert_eq!(places.len(), usize::from(count));
            prop_assert_eq!(places.iter().map(|place| place.area()).sum::<u32>(), area.area());
            for (n, one) in places.iter().enumerate() {
                prop_assert!(one.width >= LEAST.0 && one.height >= LEAST.1 && area.union(*one) == area);
                prop_assert!(places[..n].iter().all(|other| !other.intersects(*one)));
            }
        }
    }
}
