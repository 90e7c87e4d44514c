//! How far opening is, and whether somebody still waits for it.

/// Tells whoever opens a store how far that is.
pub struct Progress<'a> {
    tell: &'a mut dyn FnMut(u64, u64) -> bool,
    done: u64,
    of: u64,
    told: u64,
    stopped: bool,
}

/// Somebody said that opening is not to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl<'a> Progress<'a> {
    /// Begins. `tell` gets what is done and of how much, and says whether to go on.
    pub fn new(tell: &'a mut dyn FnMut(u64, u64) -> bool) -> Self {
        Self {
            tell,
            done: 0,
            of: 0,
            told: 0,
            stopped: false,
        }
    }

    /// Adds to what there is to do.
    pub fn expect(&mut self, more: u64) {
        self.of = self.of.saturating_add(more);
    }

    /// Says that more is done. Told is every hundredth of the whole.
    ///
    /// # Errors
    /// It is not to go on.
    pub fn step(&mut self, more: u64) -> Result<(), Stopped> {
        self.done = self.done.saturating_add(more).min(self.of);
        if !self.stopped && self.done - self.told > self.of / 100 {
            self.told = self.done;
            self.stopped = !(self.tell)(self.done, self.of);
        }
        if self.stopped { Err(Stopped) } else { Ok(()) }
    }

    /// Whether somebody said that it is not to go on.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hundredth_is_told_until_somebody_stops() {
        let mut told = Vec::new();
        let mut tell = |done, of| {
            told.push((done, of));
            done < 500
        };
        let mut progress = Progress::new(&mut tell);
        progress.expect(1_000);
        let stopped = (0..1_000).position(|_| progress.step(1).is_err());
        assert_eq!(stopped, Some(505));
        assert_eq!(progress.step(1), Err(Stopped));
        assert_eq!((told[0], told.len()), ((11, 1_000), 46));
        assert_eq!(told.last(), Some(&(506, 1_000)));
    }
}
