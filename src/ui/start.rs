//! Where there is no store: start empty, bring a register in, or look at the demonstration. And the draft of a form
//! that a lost connection left behind.

use super::asked::{Asked, Picked};
use super::job::{Birth, Effect, Job};
use super::modal::Modal;
use super::picker::{Choice, Picker};
use super::{Model, Weight};

impl Model {
    /// Offers how to begin.
    pub(crate) fn open_start(&mut self) {
        let choice = |id, label, note: &str| Choice {
            note: note.to_owned(),
            ..Choice::new(id, label)
        };
        let choices = vec![
            choice("empty", "Start empty", "asks for name, currency and country"),
            choice("import", "Import a register", "starts empty, then reads your file"),
            choice(
                "demonstration",
                "Look at the demonstration",
                "a company of 180 people; nothing is kept",
            ),
        ];
        self.modals.push(Modal::Pick(
            Box::new(Picker::new("How do you want to begin?", choices)),
            Picked::Start,
        ));
    }

    /// Begins as was chosen.
    pub(crate) fn start(&mut self, how: &str) -> Vec<Effect> {
        match how {
            "demonstration" => {
                self.say(Weight::Plain, "opening the demonstration");
                vec![Effect::Job(Job::Demonstrate)]
            }
            how => {
                self.import_next = how == "import";
                self.ask_name()
            }
        }
    }

    /// Takes the answers about the new organisation one after the other.
    ///
    /// # Errors
    /// What is wrong with an answer.
    pub(crate) fn born(&mut self, what: Asked, text: &str) -> Result<Vec<Effect>, String> {
        match what {
            Asked::Name if text.is_empty() => Err("an organisation needs a name".into()),
            Asked::Name => {
                let help = "Three letters, ISO 4217: EUR, USD, GBP. Empty: EUR.";
                self.ask_more("Its currency", help, Asked::Currency(text.to_owned()));
                Ok(Vec::new())
            }
            Asked::Currency(name) => {
                let code = if text.is_empty() {
                    "EUR".to_owned()
                } else {
                    text.to_uppercase()
                };
                if code.len() != 3 || !code.chars().all(|c| c.is_ascii_uppercase()) {
                    return Err(format!("'{text}' is no currency; write three letters, such as EUR"));
                }
                let help = "Two letters, ISO 3166: PT, DE, LV. May stay empty.";
                self.ask_more("The country where it is seated", help, Asked::Country(name, code));
                Ok(Vec::new())
            }
            Asked::Country(name, currency) => {
                let country = text.to_uppercase();
                if !country.is_empty() && (country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase())) {
                    return Err(format!("'{text}' is no country; write two letters, such as PT"));
                }
                self.say(Weight::Plain, format!("making the store of {name}"));
                Ok(vec![Effect::Job(Job::Create(Birth {
                    name,
                    currency,
                    country,
                }))])
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Offers the draft that was found.
    pub(crate) fn offer_draft(&mut self, bytes: Vec<u8>) {
        let what = self.name_draft(&bytes);
        self.found = Some(bytes);
        let choices = vec![
            Choice::new("take", &format!("Go on with {what}")),
            Choice::new("later", "Not now; it is offered again at the next start"),
            Choice::new("drop", "Throw it away"),
        ];
        let picker = Picker::new("What you were typing was kept", choices);
        self.modals.push(Modal::Pick(Box::new(picker), Picked::Draft));
    }
}
