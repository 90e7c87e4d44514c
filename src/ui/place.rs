//! Where the columns of a list stand: which fold away where there is little room, which grow where there is much, and
//! which come along in a wide window.

use crate::model::kind::Column;

/// Blank cells between two columns.
pub(crate) const GAP: u16 = 2;
/// So many cells the growing column should have before columns of a high rank show: a third of the room, within these
/// bounds, so that a wider window never shows less of a title.
const COMFORT: (u16, u16) = (26, 40);
/// With fewer cells than these of its usual width the values of a column can hardly be told apart.
const LEGIBLE: u16 = 18;
/// Columns of this rank and above fold away for that.
const SPARED: u8 = 2;
/// So far the growing column grows before others get all that their values need.
const GROWN: u16 = 44;
/// So far it grows before the others get what even their longest values need: most titles are told apart by then.
pub(crate) const TOLD: u16 = 52;
/// So far it grows at all: beyond it the eye loses the row.
pub(crate) const MOST: u16 = 72;

/// So many cells the growing column of a list should have, unless something else tells what the others do.
pub(crate) fn comfort(width: u16) -> u16 {
    (width / 3).clamp(COMFORT.0, COMFORT.1)
}

/// A column with its place on the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    /// The column.
    pub column: &'a Column,
    /// Its first cell.
    pub x: u16,
    /// Its width.
    pub width: u16,
}

/// Places columns into a width. None is wider than its values are. Those of high rank fold away first; what is left
/// goes to the column that grows, so far, to the others until they can be read, and then as far as is usual, to the
/// growing one again, to values that are longer than is usual, to the end of what grows, and then to those of `more`:
/// `full` says how wide a column is as a rule, and how wide with all of its values. `chosen` says that somebody asked
/// for these columns: none folds as long as all have their least width. `comfort` is what the growing one should have
/// before columns of a high rank show.
pub(crate) fn place<'a>(
    columns: &'a [Column],
    more: &'a [Column],
    full: impl Fn(&Column) -> (u16, u16),
    (chosen, comfort): (bool, u16),
    (x, width): (u16, u16),
) -> Vec<Placed<'a>> {
    let (usual, whole) = (|c: &Column| full(c).0, |c: &Column| full(c).1);
    let room = u32::from(width) + u32::from(GAP);
    let need = |kept: &[(&Column, u16)]| kept.iter().map(|(_, w)| u32::from(*w) + u32::from(GAP)).sum::<u32>();
    let mut kept: Vec<(&Column, u16)> = columns.iter().map(|c| (c, c.width.min(usual(c)))).collect();
    let fold = |kept: &mut Vec<(&Column, u16)>, from: u8| {
        let places = (0..kept.len()).filter(|i| kept[*i].0.rank >= from && !kept[*i].0.grow);
        let last = places.max_by_key(|i| (kept[*i].0.rank, *i));
        last.map(|i| kept.remove(i)).is_some()
    };
    while need(&kept) > room && fold(&mut kept, 1) {}
    let legible = |c: &Column| usual(c).min(LEGIBLE.max(c.width));
    // What its least width leaves of it is worth nothing.
    let squeezed = |c: &Column| !c.grow && c.rank >= SPARED && c.width * 4 < legible(c) * 3;
    let comfortable = |kept: &[(&'a Column, u16)]| {
        let read = |(c, w): &(&'a Column, u16)| (*c, if squeezed(c) { legible(c) } else { *w });
        let kept: Vec<(&Column, u16)> = kept.iter().map(read).collect();
        let grows = kept.iter().find(|(c, _)| c.grow);
        let enough = |c: &Column| u32::from(comfort.min(usual(c)));
        grows.is_none_or(|(c, w)| u32::from(*w) + room.saturating_sub(need(&kept)) >= enough(c))
    };
    while !chosen && !comfortable(&kept) && fold(&mut kept, SPARED) {}
    let grow = |kept: &mut Vec<(&Column, u16)>, to: u16| {
        let spare = room.saturating_sub(need(kept));
        let all = kept.iter().filter(|(c, _)| c.grow).count().max(1) as u32;
        for (c, w) in kept.iter_mut().filter(|(c, _)| c.grow) {
            let share = u16::try_from(spare / all).unwrap_or(u16::MAX);
            *w = (*w).max(w.saturating_add(share).min(to.min(usual(c))));
        }
    };
    let widen = |kept: &mut Vec<(&Column, u16)>, to: &dyn Fn(&Column) -> u16| {
        let mut order: Vec<usize> = (0..kept.len()).filter(|i| !kept[*i].0.grow).collect();
        order.sort_by_key(|i| kept[*i].0.rank);
        for i in order {
            let spare = u16::try_from(room.saturating_sub(need(kept))).unwrap_or(u16::MAX);
            let (column, w) = kept[i];
            kept[i].1 = w.max(to(column).min(w.saturating_add(spare)));
        }
    };
    grow(&mut kept, comfort);
    widen(&mut kept, &legible);
    grow(&mut kept, GROWN);
    widen(&mut kept, &usual);
    grow(&mut kept, TOLD);
    widen(&mut kept, &whole);
    grow(&mut kept, MOST);
    for column in more {
        let w = usual(column);
        if need(&kept) + u32::from(w) + u32::from(GAP) <= room {
            kept.push((column, w));
        }
    }
    widen(&mut kept, &whole);
    let end = x.saturating_add(width);
    let mut x = x;
    let mut out = Vec::new();
    for (column, w) in kept {
        let width = w.min(end.saturating_sub(x));
        if width > 0 {
            out.push(Placed { column, x, width });
        }
        x = x.saturating_add(width + GAP).min(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(field: &str, width: u16, rank: u8, grow: bool) -> Column {
        Column {
            field: field.into(),
            label: None,
            width,
            grow,
            rank,
        }
    }

    #[test]
    fn columns_of_high_rank_fold_first_and_the_rest_grows() {
        let all = [
            column("id", 7, 0, false),
            column("title", 20, 0, true),
            column("owner", 12, 4, false),
            column("due", 11, 1, false),
        ];
        let more = [column("tags", 10, 9, false)];
        let names = |width| {
            let full = |c: &Column| match c.grow {
                true => (64, 64),
                false => (c.width + 4, c.width + 4 + u16::from(c.field == "owner") * 8),
            };
            place(&all, &more, full, (false, comfort(width)), (2, width))
                .iter()
                .map(|p| (p.column.field.clone(), p.width))
                .collect::<Vec<_>>()
        };
        let own = |list: &[(&str, u16)]| list.iter().map(|(n, w)| ((*n).to_owned(), *w)).collect::<Vec<_>>();
        assert_eq!(names(30), own(&[("id", 7), ("title", 21)]));
        assert_eq!(names(50), own(&[("id", 9), ("title", 26), ("due", 11)]));
        // The title is worth more than the owner, and an owner that cannot be told from another is worth nothing.
        assert_eq!(names(60), own(&[("id", 11), ("title", 30), ("due", 15)]));
        assert_eq!(names(80), own(&[("id", 11), ("title", 32), ("owner", 16), ("due", 15)]));
        assert_eq!(
            names(112),
            own(&[("id", 11), ("title", 56), ("owner", 24), ("due", 15)])
        );
        // Values that are longer than is usual come before the end of long titles, and before columns that come along.
        assert_eq!(
            names(130),
            own(&[("id", 11), ("title", 64), ("owner", 24), ("due", 15)])
        );
        assert_eq!(
            names(136),
            own(&[("id", 11), ("title", 64), ("owner", 24), ("due", 15), ("tags", 14)])
        );
        // Where the owner stands beside the list the title comes first.
        let beside = place(&all, &more, |c| (64.min(c.width * 3), 64), (false, GROWN), (2, 80));
        let beside: Vec<u16> = beside.iter().map(|p| p.width).collect();
        assert_eq!(beside, [18, 44, 14]);
        // Where rows are decided by their titles, the owner makes room.
        let decided = place(&all, &more, |c| (64.min(c.width * 3), 64), (false, TOLD), (2, 80));
        let decided: Vec<(&str, u16)> = decided.iter().map(|p| (p.column.field.as_str(), p.width)).collect();
        assert_eq!(decided, [("id", 13), ("title", 52), ("due", 11)]);
        assert_eq!(names(15), own(&[("id", 7), ("title", 6)]));
        assert!(names(0).is_empty());
        // What its values do not need is left to others.
        let short = place(
            &all,
            &more,
            |c| (c.width.min(9), c.width.min(9)),
            (false, comfort(51)),
            (2, 51),
        );
        let short: Vec<u16> = short.iter().map(|p| p.width).collect();
        assert_eq!(short, [7, 9, 9, 9, 9]);
    }

    proptest! {
        #[test]
        fn columns_never_touch_nor_leave_the_line(
            widths in proptest::collection::vec((1u16..40, 0u8..6), 1..10),
            (grows, width, chosen) in (0usize..10, 0u16..300, any::<bool>()),
        ) {
            let all: Vec<Column> = widths
                .iter()
                .enumerate()
                .map(|(n, (w, rank))| column("c", *w, *rank, n == grows))
                .collect();
            let placed = place(&all, &all, |c| (c.width * 2, c.width * 3), (chosen, comfort(width)), (3, width));
            let mut end = 0;
            for p in placed {
                prop_assert!(p.x >= 3 && p.x + p.width <= 3 + width);
                prop_assert!(end == 0 || p.x >= end + GAP, "{} after {end}", p.x);
                end = p.x + p.width;
            }
        }
    }
}
