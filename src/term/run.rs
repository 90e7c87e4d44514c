//! The loop: everything that waits is handed over, then one frame is drawn, then it sleeps until something happens.

use super::caps::Caps;
use super::clipboard::{self, Between};
use super::decode::Input;
use super::draft::Slot;
use super::input::{self, Gate, Heard};
use super::screen::Screen;
use super::signals::{self, Told};
use super::{App, Command, Event, editor, modes};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// So long events are taken in before a frame is due all the same.
const FLOOD: Duration = Duration::from_millis(40);

/// So long after the last change a draft goes to disk.
const CALM: Duration = Duration::from_millis(300);

/// So long a frame has for itself before work goes on: what carries it to the person may need the processor that we would
/// keep busy.
const BREATH: Duration = Duration::from_millis(2);

/// The longest sleep: the clock may have been set, or the machine may have slept.
const NAP: Duration = Duration::from_secs(600);

/// What the loop needs to know about its surroundings.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the terminal can do.
    pub caps: Caps,
    /// The file of the draft that must survive a lost connection, if drafts are kept.
    pub draft: Option<PathBuf>,
    /// The folder for the files of the editor; only the person must be able to read it.
    pub folder: PathBuf,
    /// The name of threads whose panics are caught and told elsewhere.
    pub hushed: &'static str,
}

/// Something that wakes the loop.
enum Wake<M> {
    Message(M),
    Heard(Heard),
    Told(Told),
}

/// Where workers post their messages to the screen.
pub struct Post<M>(Sender<Wake<M>>);

impl<M> Clone for Post<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M> Post<M> {
    /// Posts a message and says whether there is still a screen to read it.
    pub fn send(&self, message: M) -> bool {
        self.0.send(Wake::Message(message)).is_ok()
    }
}

/// The terminal, taken over, before there is an application at it. Dropped, it gives the terminal back.
pub struct Stage<M> {
    post: Sender<Wake<M>>,
    inbox: Receiver<Wake<M>>,
    screen: Screen<modes::Terminal>,
    options: Options,
    gate: Gate,
    draft: Option<Slot>,
    // In this order: what there is to complain of is told when the terminal can show it.
    guard: modes::Guard,
    faults: Faults,
}

impl<M: Send + 'static> Stage<M> {
    /// Takes the terminal over; what is typed from here on waits for the application.
    ///
    /// # Errors
    /// Those of the terminal; it is then given back.
    pub fn enter(options: Options) -> io::Result<Self> {
        let (post, inbox) = channel();
        let draft = options.draft.clone().map(Slot::new);
        let gate = Gate::default();

        let told = post.clone();
        signals::watch(draft.clone(), move |what| drop(told.send(Wake::Told(what))))?;
        let faults = Faults::watch(draft.clone(), options.hushed);
        let guard = modes::Guard;
        modes::enter()?;
        let heard = post.clone();
        let keyboard: File = io::stdin().as_fd().try_clone_to_owned()?.into();
        input::listen(keyboard, gate.clone(), move |what| {
            heard.send(Wake::Heard(what)).is_ok()
        })?;
        let screen = Screen::new(modes::Terminal::new()?, options.caps.depth);
        Ok(Self {
            post,
            inbox,
            screen,
            options,
            gate,
            draft,
            guard,
            faults,
        })
    }

    /// Paints what is known before the application is made, if it fits the terminal: the first frame of the
    /// application then only sends what differs.
    ///
    /// # Errors
    /// Those of the terminal.
    pub fn show(&mut self, buffer: &Buffer) -> io::Result<()> {
        if (buffer.area.width, buffer.area.height) == modes::size() {
            self.screen.present(buffer, None)?;
        }
        Ok(())
    }

    /// Shows an application until it quits, and returns its exit status. `make` gets the post for its workers.
    ///
    /// # Errors
    /// Those of the terminal.
    pub fn run<A: App<Message = M>>(self, make: impl FnOnce(Post<M>) -> A) -> io::Result<u8> {
        let (guard, faults) = (self.guard, self.faults);
        let mut driver = Driver {
            screen: self.screen,
            app: make(Post(self.post)),
            options: self.options,
            inbox: self.inbox,
            gate: self.gate,
            draft: self.draft,
            size: modes::size(),
            mouse: false,
            unsaved: None,
            ticked: None,
            resumed: 0,
            blank: true,
            sent: false,
            ended: None,
        };
        let (width, height) = driver.size;
        driver.hand(Event::Resize(width, height));
        let ended = driver.drive();
        drop(guard);
        drop(faults);
        ended
    }
}

/// The application, its terminal, and what stands between them.
struct Driver<A: App> {
    app: A,
    screen: Screen<modes::Terminal>,
    options: Options,
    inbox: Receiver<Wake<A::Message>>,
    gate: Gate,
    draft: Option<Slot>,
    size: (u16, u16),
    mouse: bool,
    /// When the draft, which has changed, goes to disk.
    unsaved: Option<Instant>,
    /// The last time of the application that has been told.
    ticked: Option<i64>,
    resumed: u64,
    /// Whether the terminal needs a frame even if the application has nothing new.
    blank: bool,
    /// Whether the last thing that was done was to send something.
    sent: bool,
    ended: Option<u8>,
}

impl<A: App> Driver<A> {
    fn drive(&mut self) -> io::Result<u8> {
        self.draw()?;
        loop {
            if let Some(status) = self.ended {
                self.save();
                return Ok(status);
            }
            self.wait();
            let enough = Instant::now() + FLOOD;
            while self.ended.is_none() && Instant::now() < enough {
                match self.inbox.try_recv() {
                    Ok(wake) => self.take(wake),
                    Err(_) => break,
                }
            }
            if self.ended.is_none() && (self.blank || self.app.stale()) {
                self.draw()?;
            }
        }
    }

    /// Sleeps until something happens or is due, and takes it in.
    fn wait(&mut self) {
        let now = now();
        let due = self.app.wake().filter(|due| self.ticked != Some(*due));
        let tick = due.map(|due| Duration::from_millis(u64::try_from(due - now).unwrap_or(0)));
        let save = self.unsaved.map(|at| at.saturating_duration_since(Instant::now()));
        let wait = [tick, save, Some(NAP)].into_iter().flatten().min().unwrap_or(NAP);
        let wait = if std::mem::take(&mut self.sent) {
            wait.max(BREATH)
        } else {
            wait
        };
        match self.inbox.recv_timeout(wait) {
            Ok(wake) => self.take(wake),
            Err(RecvTimeoutError::Timeout) => {
                if self.unsaved.is_some_and(|at| at <= Instant::now()) {
                    self.save();
                }
                if let Some(due) = due.filter(|due| *due <= self::now()) {
                    self.ticked = Some(due);
                    self.hand(Event::Tick);
                }
            }
            // The keyboard's thread holds a sender as long as there is a terminal.
            Err(RecvTimeoutError::Disconnected) => self.ended = Some(1),
        }
    }

    fn take(&mut self, wake: Wake<A::Message>) {
        match wake {
            Wake::Message(message) => self.hand(Event::Message(message)),
            Wake::Heard(Heard::Input(Input::Key(key))) => self.hand(Event::Key(key)),
            Wake::Heard(Heard::Input(Input::Mouse(mouse))) => {
                if self.mouse {
                    self.hand(Event::Mouse(mouse));
                }
            }
            Wake::Heard(Heard::Input(Input::Paste(text))) => self.hand(Event::Paste(text)),
            Wake::Heard(Heard::Input(Input::Overlong)) => {
                let why = "what was pasted is longer than 1 MB: the rest was left out";
                self.hand(Event::Refused(why.to_owned()));
            }
            Wake::Heard(Heard::Lost) => signals::lost(self.draft.as_ref()),
            Wake::Told(Told::Resized) => self.measure(),
            Wake::Told(Told::Reload) => self.hand(Event::Reload),
            Wake::Told(Told::Suspend) => self.obey_all(vec![Command::Suspend]),
            // Stopped by somebody else, without a word before: the terminal may be in any state.
            Wake::Told(Told::Resumed(count)) if count > self.resumed => {
                modes::leave();
                self.come_back(count);
            }
            Wake::Told(Told::Resumed(_)) => {}
        }
    }

    /// Hands one event over and does what is wanted.
    fn hand(&mut self, event: Event<A::Message>) {
        let commands = self.app.update(event, now());
        self.obey_all(commands);
    }

    /// Follows commands, and those that come of them.
    fn obey_all(&mut self, commands: Vec<Command>) {
        let mut waiting = VecDeque::from(commands);
        while let Some(command) = waiting.pop_front() {
            if let Some(answer) = self.obey(command) {
                waiting.extend(self.app.update(answer, now()));
            }
        }
    }

    fn obey(&mut self, command: Command) -> Option<Event<A::Message>> {
        match command {
            Command::Quit(status) => self.ended = Some(status),
            Command::Redraw => self.repaint(),
            Command::Mouse(on) => {
                if let Err(error) = modes::mouse(on) {
                    return Some(Event::Refused(error.to_string()));
                }
                self.mouse = on;
            }
            Command::Draft(bytes) => {
                if self.draft.as_ref().is_some_and(|draft| draft.put(bytes)) {
                    self.unsaved.get_or_insert(Instant::now() + CALM);
                }
            }
            Command::Copy(text) => {
                let between = match &self.options.caps {
                    caps if caps.tmux => Between::Tmux,
                    caps if caps.screen => Between::Screen,
                    _ => Between::Nothing,
                };
                let send = |bytes: &[u8]| self.screen.writer().write_all(bytes);
                return Some(Event::Copied(clipboard::copy(&text, between, send)));
            }
            Command::Edit { name, text } => {
                let result = self.edit(&name, &text);
                return Some(Event::Edited { name, result });
            }
            Command::Suspend => return self.suspend(),
        }
        None
    }

    fn edit(&mut self, name: &str, text: &str) -> Result<Option<String>, String> {
        self.save();
        let result = {
            let gate = self.gate.clone();
            let _closed = gate.close();
            let _editing = signals::Editing::begin();
            modes::leave();
            let result = editor::edit(&self.options.caps.editor, &self.options.folder, name, text);
            self.reenter();
            result
        };
        self.measure();
        result
    }

    fn suspend(&mut self) -> Option<Event<A::Message>> {
        if signals::orphaned() {
            return Some(Event::Refused(
                "There is no shell to go back to: the program was started without one.".to_owned(),
            ));
        }
        self.save();
        modes::leave();
        match signals::stop() {
            Ok(count) => {
                self.come_back(count);
                None
            }
            Err(error) => {
                self.reenter();
                Some(Event::Refused(format!("The program cannot be stopped: {error}.")))
            }
        }
    }

    /// Takes the terminal again after a stop.
    fn come_back(&mut self, count: u64) {
        self.resumed = count;
        self.reenter();
        self.measure();
        self.hand(Event::Resumed);
    }

    /// Takes the terminal again, of which nothing is known.
    fn reenter(&mut self) {
        // A terminal that is gone says so to the keyboard's thread.
        let _ = modes::enter();
        if self.mouse {
            let _ = modes::mouse(true);
        }
        self.repaint();
    }

    /// Reads the size again; whatever it is, the terminal may have moved what it showed.
    fn measure(&mut self) {
        let (width, height) = modes::size();
        self.repaint();
        if self.size != (width, height) {
            self.size = (width, height);
            self.hand(Event::Resize(width, height));
        }
    }

    /// Has everything painted again.
    fn repaint(&mut self) {
        self.screen.redraw();
        self.blank = true;
    }

    fn draw(&mut self) -> io::Result<()> {
        let (width, height) = self.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let cursor = self.app.view(&mut buffer, now());
        match self.screen.present(&buffer, cursor) {
            Ok(bytes) => {
                self.blank = false;
                self.sent = bytes > 0;
                Ok(())
            }
            // The line is gone: nobody can be told, the draft can be saved.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                signals::lost(self.draft.as_ref());
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    fn save(&mut self) {
        self.unsaved = None;
        let Some(draft) = &self.draft else { return };
        if let Err(error) = draft.save() {
            // Told once for every change: the next one tries again.
            self.hand(Event::Refused(format!("The draft cannot be kept: {error}")));
        }
    }
}

/// Returns the milliseconds since 1970 UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What is done about a panic.
type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Watches for panics: the terminal is given back before the message of the loop's own, that of a worker waits its turn.
struct Faults {
    list: Arc<Mutex<Vec<String>>>,
    before: Arc<Hook>,
}

impl Faults {
    fn watch(draft: Option<Slot>, hushed: &'static str) -> Self {
        let list: Arc<Mutex<Vec<String>>> = Arc::default();
        let before: Arc<Hook> = Arc::new(std::panic::take_hook());
        let own = std::thread::current().id();
        let (told, then) = (list.clone(), before.clone());
        std::panic::set_hook(Box::new(move |fault| {
            let thread = std::thread::current();
            if thread.id() == own {
                modes::leave();
                if let Some(draft) = &draft {
                    let _ = draft.save_within(CALM);
                }
                then(fault);
            } else if thread.name() != Some(hushed) {
                told.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(fault.to_string());
            }
        }));
        Self { list, before }
    }
}

impl Drop for Faults {
    /// Says what workers had to complain of, now that the terminal can show it.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let before = self.before.clone();
        std::panic::set_hook(Box::new(move |fault| before(fault)));
        for fault in self.list.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = writeln!(io::stderr(), "{fault}");
        }
    }
}
