//! The child's side: a process that reads orders from stdin, renders one after the other, and writes what happens to
//! stdout. It ends when stdin does, when it has shown a bug, or when it is killed. It knows nothing of the server.

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use handbill_render::{Engine, Input, Progress, RenderError, Rendered};

use super::confine;
use super::frame::Frame;
use super::wire::{self, Event, VERSION};
use crate::fonts::{self, AddedFont};

/// Documents nest, and layout and drawing follow them down.
const STACK_BYTES: usize = 64 << 20;

/// How far processor time may go beyond an order's deadline before the kernel steps in; the server is first, normally.
const PROCESSOR_SLACK: Duration = Duration::from_secs(2);

/// Nothing that the server sends is larger: its own limits on requests and fetches are far below.
const MAX_ORDER_BYTES: u64 = 4 << 30;

const EXIT_BAD_PIPE: u8 = 2;
const EXIT_AFTER_PANIC: u8 = 3;

/// The engine itself, with the fonts that the server asks for.
pub fn run() -> ExitCode {
    serve(|setup| {
        let library = fonts::library(setup.extra_fonts, &setup.added_fonts).map_err(io::Error::other)?;
        let mut engine = Engine::new(library);
        Ok(move |input: &Input, progress: &mut dyn FnMut(Progress)| engine.render(input, progress))
    })
}

/// Serves orders with `render` until stdin ends. `prepare` makes `render` once, before the process is confined.
pub fn serve<P, R>(prepare: P) -> ExitCode
where
    P: FnOnce(EngineSetup) -> io::Result<R>,
    R: FnMut(&Input, &mut dyn FnMut(Progress)) -> Result<Rendered, RenderError> + Send + 'static,
{
    match start(prepare) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the engine process ends: {error}");
            ExitCode::from(EXIT_BAD_PIPE)
        }
    }
}

/// What the server wants the engine made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineSetup {
    pub extra_fonts: bool,
    pub added_fonts: Vec<AddedFont>,
}

fn start<P, R>(prepare: P) -> io::Result<()>
where
    P: FnOnce(EngineSetup) -> io::Result<R>,
    R: FnMut(&Input, &mut dyn FnMut(Progress)) -> Result<Rendered, RenderError> + Send + 'static,
{
    let mut stdin = io::stdin().lock();
    let Some(hello) = Frame::read_from(&mut stdin, MAX_ORDER_BYTES)? else { return Ok(()) };
    let (hello, setup) = wire::read_hello(hello)?;
    let mut render = prepare(setup)?;
    let in_use = confine::address_space() + STACK_BYTES as u64;
    confine::confine()?;

    // One order may wait here while another is being rendered; the server sends none before it has its answer.
    let (orders, queue) = mpsc::sync_channel(1);
    std::thread::Builder::new().name("render".into()).stack_size(STACK_BYTES).spawn(move || {
        let code = answer(&queue, &mut render).unwrap_or_else(|error| {
            eprintln!("the engine process cannot go on: {error}");
            EXIT_BAD_PIPE
        });
        std::process::exit(code.into());
    })?;
    confine::limit_memory(hello.memory_bytes, in_use)?;
    say(&wire::event(&Event::Ready { version: VERSION.to_owned() })?)?;

    // Reading goes on while an order is being rendered, so that a server that goes away takes its children with it.
    while let Some(frame) = Frame::read_from(&mut stdin, MAX_ORDER_BYTES)? {
        if orders.send(frame).is_err() {
            break;
        }
    }
    Ok(())
}

/// Renders what comes, until nothing can come any more. Answers with the exit code.
fn answer<R>(orders: &Receiver<Frame>, render: &mut R) -> io::Result<u8>
where
    R: FnMut(&Input, &mut dyn FnMut(Progress)) -> Result<Rendered, RenderError>,
{
    let mut busy = Duration::ZERO;
    for order in orders {
        let (input, deadline_ms) = wire::read_order(order)?;
        // Processor time counts from the start of the process; on one rendering thread it is at most the busy time.
        let allowed = busy + Duration::from_millis(deadline_ms) + PROCESSOR_SLACK;
        confine::limit_processor_time(allowed.as_secs() + 1)?;
        say(&wire::event(&Event::Started)?)?;
        let started = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| {
            render(&input, &mut |progress| {
                // A server that no longer reads has killed this process, or is about to.
                let _ = wire::event(&Event::Progress(progress)).and_then(|frame| say(&frame));
            })
        }));
        match result {
            Ok(Ok(rendered)) => say(&wire::rendered(rendered)?)?,
            Ok(Err(error)) => say(&wire::event(&Event::Failed(error))?)?,
            Err(panic) => {
                say(&wire::event(&Event::Panicked(panic_text(panic.as_ref())))?)?;
                return Ok(EXIT_AFTER_PANIC); // what the panic left half-done must not meet the next order
            }
        }
        busy += started.elapsed();
    }
    Ok(0)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

fn say(frame: &Frame) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    frame.write_to(&mut stdout)?;
    stdout.flush()
}
