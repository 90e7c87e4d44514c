//! Several controls on one risk: those of one redundancy group overlap, groups work independently of each other.
//!
//! In a group E = (1 − ρ) (1 − Π(1 − eᵢ)) + ρ max eᵢ: with an overlap ρ of 0 its members are independent, with 1 only
//! the best of them counts. The factors 1 − E of the groups are multiplied, on the frequency and on the primary loss
//! apart, and neither falls below a floor. Secondary loss falls only with the frequency.

use super::Mechanism;
use super::effect::{Effect, NOBODY_ACTS};

/// How controls are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// How far controls of one group do the same thing twice, 0 to 1.
    pub overlap: f64,
    /// Below this no factor falls, 0 to 1: nothing is ever perfect.
    pub floor: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            overlap: 0.5,
            floor: 0.01,
        }
    }
}

/// What a control acts upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// How often losses happen.
    Frequency,
    /// What one costs the organisation itself.
    Primary,
}

/// Controls of one group do in part the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group<'a> {
    /// Those that share a word.
    Named(&'a str),
    /// Those that work in the same way at the same place.
    Like {
        /// Their way of working.
        mechanism: Mechanism,
        /// Their OSI layers, a bit each: layer 1 is bit 0.
        layers: u8,
        /// Their domain of security.
        domain: &'a str,
    },
}

/// A control as it stands towards one risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Acting<'a> {
    /// Its id.
    pub control: &'a str,
    /// Its main way of working.
    pub mechanism: Mechanism,
    /// With which others it overlaps.
    pub group: Group<'a>,
    /// The part of its full effect that it has now, 0 to 1.
    pub effective: f64,
    /// Its full effect on the risk.
    pub effect: Effect,
}

/// What one control does on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// Its id.
    pub control: &'a str,
    /// What it acts upon.
    pub channel: Channel,
    /// The place in [`Factors::groups`] of its group.
    pub group: usize,
    /// The part of its full effect that it has now, 0 to 1.
    pub effective: f64,
    /// Its factor if it stood alone: 1 − what it takes away.
    pub factor: f64,
    /// Why it does not do more.
    pub note: Option<&'static str>,
}

/// What a group does on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint<'a> {
    /// Which group.
    pub group: Group<'a>,
    /// What it acts upon.
    pub channel: Channel,
    /// How many controls it has on this channel.
    pub members: usize,
    /// Its factor with the overlap.
    pub factor: f64,
}

/// What all controls together leave of a risk.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors<'a> {
    /// The factor on the frequency of losses.
    pub frequency: f64,
    /// The factor on the primary loss of one event.
    pub primary: f64,
    /// Each control on each channel on which it does something or could.
    pub lines: Vec<Line<'a>>,
    /// The groups whose factors were multiplied.
    pub groups: Vec<Joint<'a>>,
}

/// What the members of one group take away together; each 0 to 1, as is the overlap.
pub fn joint(effects: impl IntoIterator<Item = f64>, overlap: f64) -> f64 {
    let (mut left, mut best) = (1.0, 0.0_f64);
    for e in effects {
        left *= 1.0 - e;
        best = best.max(e);
    }
    (1.0 - overlap) * (1.0 - left) + overlap * best
}

/// The factor of groups that work independently of each other, before the floor.
pub fn factor<'a>(groups: impl IntoIterator<Item = &'a [f64]>, overlap: f64) -> f64 {
    let groups = groups.into_iter();
    groups.map(|g| 1.0 - joint(g.iter().copied(), overlap)).product()
}

/// What a factor comes to where nothing is perfect: it does not fall below the floor.
pub fn floored(factor: f64, floor: f64) -> f64 {
    factor.max(floor)
}

/// What the controls leave of a risk, line by line.
pub fn factors<'a>(acting: &[Acting<'a>], policy: &Policy) -> Factors<'a> {
    let mut all = Factors {
        frequency: 1.0,
        primary: 1.0,
        lines: Vec::with_capacity(acting.len()),
        groups: Vec::new(),
    };
    all.frequency = all.channel(acting, Channel::Frequency, policy);
    all.primary = all.channel(acting, Channel::Primary, policy);
    all
}

impl<'a> Factors<'a> {
    fn channel(&mut self, acting: &[Acting<'a>], channel: Channel, policy: &Policy) -> f64 {
        let first = (self.lines.len(), self.groups.len());
        for a in acting {
            let (said, taken, lost) = match channel {
                Channel::Frequency => (a.effect.lef > 0.0, a.effect.on_frequency(a.effective), false),
                Channel::Primary => {
                    let said = a.effect.time_share > 0.0 || a.effect.share > 0.0;
                    (said, a.effect.on_primary(a.effective), a.effect.is_lost())
                }
            };
            if !said {
                continue;
            }
            let known = self.groups[first.1..].iter().position(|g| g.group == a.group);
            let group = known.map_or(self.groups.len(), |i| first.1 + i);
            match self.groups.get_mut(group) {
                Some(g) => g.members += 1,
                None => self.groups.push(Joint {
                    group: a.group,
                    channel,
                    members: 1,
                    factor: 1.0,
                }),
            }
            self.lines.push(Line {
                control: a.control,
                channel,
                group,
                effective: a.effective,
                factor: 1.0 - taken,
                note: lost.then_some(NOBODY_ACTS),
            });
        }
        let mut whole = 1.0;
        for (i, g) in self.groups.iter_mut().enumerate().skip(first.1) {
            let members = self.lines[first.0..].iter().filter(|l| l.group == i);
            g.factor = 1.0 - joint(members.map(|l| 1.0 - l.factor), policy.overlap);
            whole *= g.factor;
        }
        floored(whole, policy.floor)
    }
}

/// The expected loss of a risk in its parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Loss events a year.
    pub rate: f64,
    /// The mean of what one costs the organisation itself.
    pub primary: f64,
    /// The mean of what comes on top through others, their probability included.
    pub secondary: f64,
}

impl Expected {
    /// The expected loss of a year (ALE) with these factors.
    pub fn ale(&self, frequency: f64, primary: f64) -> f64 {
        self.rate * frequency * (self.primary * primary + self.secondary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acting(control: &'static str, word: &'static str, lef: f64, effective: f64) -> Acting<'static> {
        Acting {
            control,
            mechanism: Mechanism::Protection,
            group: Group::Named(word),
            effective,
            effect: Effect {
                lef,
                ..Effect::default()
            },
        }
    }

    #[test]
    fn every_line_says_what_it_does_alone_and_in_its_group() {
        let all = [
            acting("C-1", "a", 0.5, 1.0),
            acting("C-2", "a", 0.6, 1.0),
            acting("C-3", "b", 0.2, 0.5),
        ];
        let f = factors(&all, &Policy::default());
        assert_eq!(f.lines.iter().map(|l| l.group).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(f.groups.iter().map(|g| g.members).collect::<Vec<_>>(), [2, 1]);
        assert!((f.lines[1].factor - 0.4).abs() < 1e-15);
        assert!((f.frequency - (1.0 - (0.5 * 0.8 + 0.5 * 0.6)) * 0.9).abs() < 1e-15);
        assert_eq!(f.primary, 1.0);
    }

    #[test]
    fn nothing_is_perfect_on_either_channel() {
        let mut one = acting("C-1", "a", 1.0, 1.0);
        one.effect.share = 1.0;
        let f = factors(&[one], &Policy::default());
        assert_eq!((f.frequency, f.primary), (0.01, 0.01));
        assert_eq!(f.groups[0].factor, 0.0);
    }

    #[test]
    fn a_detection_without_an_answer_says_so() {
        let mut one = acting("C-1", "a", 0.0, 1.0);
        one.effect.time_share = 0.5;
        one.effect.duration_ratio = 0.5;
        one.effect.answered = false;
        let f = factors(&[one], &Policy::default());
        assert_eq!((f.primary, f.lines[0].note), (1.0, Some("detected, nobody acts")));
        assert_eq!(f.lines.len(), 1, "it says nothing of the frequency");
    }
}
