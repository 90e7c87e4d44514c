//! One control: how much of what it could do it does now, and what that takes away from one risk.

/// How far a control has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Wanted.
    Planned,
    /// Being put in place.
    InProgress,
    /// In place in part.
    Partial,
    /// In place.
    Implemented,
    /// Taken away.
    Retired,
}

impl Status {
    /// All of them, in the order of a control's life.
    pub const ALL: [Self; 5] = [
        Self::Planned,
        Self::InProgress,
        Self::Partial,
        Self::Implemented,
        Self::Retired,
    ];

    /// The stored word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InProgress => "in-progress",
            Self::Partial => "partial",
            Self::Implemented => "implemented",
            Self::Retired => "retired",
        }
    }

    /// The status that a stored word means.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.id() == id)
    }

    /// Which part of the effect is there, 0 to 1.
    pub const fn factor(self) -> f64 {
        match self {
            Self::Planned | Self::InProgress | Self::Retired => 0.0,
            Self::Partial => 0.5,
            Self::Implemented => 1.0,
        }
    }

    /// Whether anything of it is in place, so that it costs and counts.
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Partial | Self::Implemented)
    }
}

/// What makes up how well a control works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Working {
    /// The part of what it should protect on which it is installed, 0 to 1.
    pub coverage: f64,
    /// How well it is made for its purpose, 0 to 1.
    pub design: f64,
    /// How reliably it is run, 0 to 1.
    pub operation: f64,
    /// How far it has come.
    pub status: Status,
    /// Whether its last test failed: until a pass it does nothing.
    pub failed: bool,
}

impl Working {
    /// The part of its full effect that it has now, 0 to 1: coverage × design × operation × factor of the status.
    pub fn effective(&self) -> f64 {
        match self.failed {
            true => 0.0,
            false => self.coverage * self.design * self.operation * self.status.factor(),
        }
    }
}

/// What a control takes away from one risk when it works fully. All shares are 0 to 1, and 0 where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The share of the frequency of losses: what a protection keeps away, what a detection stops early.
    pub lef: f64,
    /// The share of the primary loss that grows with the time until somebody acts.
    pub time_share: f64,
    /// That time with the control, as a share of the time without it; 1 shortens nothing.
    pub duration_ratio: f64,
    /// The share of the primary loss that restoration avoids.
    pub share: f64,
    /// Whether somebody or something acts on what is noticed; without, the time is not shortened.
    pub answered: bool,
}

impl Default for Effect {
    fn default() -> Self {
        Self {
            lef: 0.0,
            time_share: 0.0,
            duration_ratio: 1.0,
            share: 0.0,
            answered: true,
        }
    }
}

/// What is said of a detection that nothing follows.
pub const NOBODY_ACTS: &str = "detected, nobody acts";

impl Effect {
    /// The part of the frequency that a control as effective as this takes away.
    pub fn on_frequency(&self, effective: f64) -> f64 {
        self.lef * effective
    }

    /// The part of the primary loss that a control as effective as this takes away: by the shorter time, and by
    /// restoration of what is left.
    pub fn on_primary(&self, effective: f64) -> f64 {
        let sooner = match self.answered {
            true => 1.0 - detection_magnitude(self.time_share, self.duration_ratio, effective),
            false => 0.0,
        };
        match self.share {
            0.0 => sooner,
            share => 1.0 - (1.0 - sooner) * (1.0 - share * effective),
        }
    }

    /// Whether it would shorten the time, if only somebody acted.
    pub fn is_lost(&self) -> bool {
        !self.answered && self.time_share > 0.0 && self.duration_ratio < 1.0
    }
}

/// The factor on the primary loss of an earlier end: 1 − w (1 − T1/T0) e, where `time_share` w is the part that grows
/// with time, `duration_ratio` T1/T0 the time with the control as a share of that without it, `effective` e 0 to 1.
pub fn detection_magnitude(time_share: f64, duration_ratio: f64, effective: f64) -> f64 {
    1.0 - time_share * (1.0 - duration_ratio) * effective
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noticed_and_not_acted_on_shortens_nothing() {
        let noticed = Effect {
            lef: 0.1,
            time_share: 0.6,
            duration_ratio: 0.3,
            ..Effect::default()
        };
        assert!((noticed.on_primary(0.5) - 0.21).abs() < 1e-15);
        let alone = Effect {
            answered: false,
            ..noticed
        };
        assert_eq!(alone.on_primary(0.5), 0.0);
        assert!(alone.is_lost() && !noticed.is_lost());
        assert_eq!(
            alone.on_frequency(0.5),
            0.05,
            "an early stop is the doing of the control itself"
        );
    }

    #[test]
    fn a_failed_control_does_nothing() {
        let working = Working {
            coverage: 1.0,
            design: 1.0,
            operation: 1.0,
            status: Status::Implemented,
            failed: false,
        };
        assert_eq!(working.effective(), 1.0);
        assert_eq!(
            Working {
                failed: true,
                ..working
            }
            .effective(),
            0.0
        );
        let of = |status| Working { status, ..working }.effective();
        assert_eq!(Status::ALL.map(of), [0.0, 0.0, 0.5, 1.0, 0.0]);
    }
}
