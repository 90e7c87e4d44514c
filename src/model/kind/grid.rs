//! The cells of a risk matrix: that none is empty, and that the risk never falls where likelihood or impact rises.

use std::fmt;

/// What is wrong with a grid. Rows and columns count from 1, as they are written, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridFault {
    /// It has no cell.
    Nothing,
    /// A row is not as long as the first.
    Ragged {
        /// The row.
        row: usize,
        /// How many cells it has.
        cells: usize,
        /// How many the first has.
        expected: usize,
    },
    /// A cell has no level.
    Empty {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A cell is lower than the one before it in its row or in its column.
    Falls {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
}

impl fmt::Display for GridFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => write!(f, "risk matrix has no cells: give it a row for each likelihood"),
            Self::Ragged { row, cells, expected } => write!(
                f,
                "risk matrix has {cells} cells in row {row} where {expected} are expected: each row needs a cell for each impact"
            ),
            Self::Empty { row, column } => write!(
                f,
                "risk matrix is empty at row {row}, column {column}: every cell needs a level"
            ),
            Self::Falls { row, column } => write!(
                f,
                "risk matrix falls at row {row}, column {column}: a higher likelihood or impact must not lower the level"
            ),
        }
    }
}

/// Looks a grid over: rows of likelihood and columns of impact, both from the lowest, each cell the place of a level.
///
/// # Errors
/// The first fault from the top, from the left.
pub fn check_grid<C: Copy + Into<Option<usize>>>(grid: &[Vec<C>]) -> Result<(), GridFault> {
    let expected = grid.first().map_or(0, Vec::len);
    if expected == 0 {
        return Err(GridFault::Nothing);
    }
    for (y, cells) in grid.iter().enumerate() {
        let row = y + 1;
        if cells.len() != expected {
            let cells = cells.len();
            return Err(GridFault::Ragged { row, cells, expected });
        }
        for (x, cell) in cells.iter().enumerate() {
            let column = x + 1;
            let level = (*cell).into();
            if level.is_none() {
                return Err(GridFault::Empty { row, column });
            }
            let left = x.checked_sub(1).map(|x| cells[x]);
            let above = y.checked_sub(1).map(|y| grid[y][x]);
            if left.into_iter().chain(above).any(|lower| lower.into() > level) {
                return Err(GridFault::Falls { row, column });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fault_is_named_by_its_cell() {
        let of = |grid: &[Vec<Option<usize>>]| check_grid(grid).map_err(|e| e.to_string());
        assert_eq!(of(&[vec![Some(0), Some(0)], vec![Some(0), Some(1)]]), Ok(()));
        for (grid, why) in [
            (vec![], "risk matrix has no cells: "),
            (
                vec![vec![Some(0), Some(1)], vec![Some(0)]],
                "risk matrix has 1 cells in row 2 where 2 are expected: ",
            ),
            (vec![vec![Some(0), None]], "risk matrix is empty at row 1, column 2: "),
            (vec![vec![Some(1), Some(0)]], "risk matrix falls at row 1, column 2: "),
            (
                vec![vec![Some(1)], vec![Some(0)]],
                "risk matrix falls at row 2, column 1: ",
            ),
        ] {
            let said = of(&grid).unwrap_err();
            assert!(said.starts_with(why), "{said}");
        }
    }
}
