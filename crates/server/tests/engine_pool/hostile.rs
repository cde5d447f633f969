//! The child's side: the loop of `engine::child` with a handler in the engine's place that obeys the document's title.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use handbill_render::{Asset, Input, Picture, Progress, RenderError, Rendered, Report};
use handbill_server::engine::child;
use handbill_server::fonts::AddedFont;
use handbill_template::{Warning, WarningCode};

type Tell<'a> = &'a mut dyn FnMut(Progress);

pub(crate) fn serve() -> ExitCode {
    let (mut count, mut kept) = (0, Vec::new());
    child::serve(|setup| {
        let fonts: Vec<String> = setup.added_fonts.iter().map(font_in_words).collect();
        let environment: Vec<_> = std::env::vars().map(|(name, _)| name).collect();
        let files = open_files();
        Ok(move |input: &Input, tell: Tell<'_>| {
            count += 1;
            let what = input.document.title.as_str();
            match what.split_once(' ') {
                Some(("keep", megabytes)) => kept.push(vec![1_u8; megabytes.parse::<usize>().unwrap() << 20]),
                _ if what == "count" => return Ok(words(&count.to_string())),
                _ if what == "environment" => return Ok(words(&environment.join(" "))),
                _ if what == "fonts" => return Ok(words(&fonts.join(" "))),
                _ if what == "open files" => return Ok(words(&files)),
                _ => return obey(what, input, tell),
            }
            Ok(words("kept"))
        })
    })
}

fn font_in_words(font: &AddedFont) -> String {
    format!("{}/{}:{}", font.family, font.file, String::from_utf8_lossy(&font.bytes))
}

fn words(text: &str) -> Rendered {
    let picture = Picture { bytes: text.as_bytes().to_vec(), width: 1, height: 1 };
    Rendered { pictures: vec![picture], report: Report::default() }
}

fn obey(what: &str, input: &Input, tell: Tell<'_>) -> Result<Rendered, RenderError> {
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    match verb {
        "hello" => {}
        "echo" => return Ok(echo(input)),
        "pid" => return Ok(words(&std::process::id().to_string())),
        "refuse" => {
            return Err(RenderError::LimitExceeded { what: "slides".to_owned(), actual: 101, limit: 100 });
        }
        "progress" => {
            let total = rest.parse().unwrap();
            (1..=total).for_each(|done| tell(Progress { done, total }));
        }
        "nap" => {
            tell(Progress { done: 0, total: 1 });
            std::thread::sleep(Duration::from_millis(rest.parse().unwrap()));
        }
        "read" => return Ok(words(allowed(&std::fs::read(rest)))),
        "write" => return Ok(words(allowed(&std::fs::write(rest, "x")))),
        "run" => return Ok(words(allowed(&std::process::Command::new(rest).status()))),
        #[cfg(target_os = "linux")]
        "landlock" => return Ok(words(landlock())),
        "connect" => return Ok(words(allowed(&std::net::TcpStream::connect(rest)))),
        _ => misbehave(what, tell),
    }
    Ok(words(what))
}

fn misbehave(what: &str, tell: Tell<'_>) {
    match what {
        "eat slowly" => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(vec![1; 1 << 20]);
            }
        }
        "eat at once" => drop(std::hint::black_box(vec![1_u8; 8 << 30])),
        "panic" => panic!("a hostile panic"),
        "abort" => std::process::abort(),
        "exit" => std::process::exit(7),
        "overflow the stack" => assert!(deeper(1) > 0),
        "spin" => {
            tell(Progress { done: 0, total: 1 });
            while std::hint::black_box(true) {}
        }
        "sleep" => std::thread::sleep(Duration::from_secs(1_000)),
        "flood progress" => {
            for done in 0.. {
                tell(Progress { done, total: 0 });
            }
        }
        "utter nonsense" => to_stdout(&[255; 1_000], Duration::from_secs(60)),
        "announce an endless frame" => to_stdout(&[0, 255, 255, 0, 0, 0, 0, 0], Duration::ZERO),
        "utter a lie" => to_stdout(b"\x04\0\0\0\0\0\0\0null", Duration::from_secs(60)),
        "hang up" => std::process::exit(0),
        _ => panic!("an order that the hostile handler does not know: {what}"),
    }
}

fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    if depth == u64::MAX {
        return 0;
    }
    deeper(depth + 1) + room[(depth % 512) as usize]
}

/// Writes past the loop, then stays or ends.
fn to_stdout(bytes: &[u8], stay: Duration) {
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
    std::thread::sleep(stay);
    if stay.is_zero() {
        std::process::exit(0);
    }
}

fn echo(input: &Input) -> Rendered {
    let mut files = vec![serde_json::to_vec(&input.document).unwrap(), serde_json::to_vec(&input.options).unwrap()];
    files.extend(input.assets.values().map(|asset| match asset {
        Asset::Bytes(bytes) => bytes.to_vec(),
        Asset::Failed(why) => format!("failed: {why}").into_bytes(),
    }));
    let picture = |bytes: Vec<u8>| Picture { width: bytes.len() as u32, height: 3, bytes };
    let mut report = Report::default();
    report.warnings.push(Warning::new(WarningCode::Unfilled, "a warning"));
    Rendered { pictures: files.into_iter().map(picture).collect(), report }
}

fn allowed<T>(result: &std::io::Result<T>) -> &'static str {
    match result {
        Ok(_) => "allowed",
        Err(_) => "denied",
    }
}

/// What the kernel's sandbox can close here.
#[cfg(target_os = "linux")]
fn landlock() -> &'static str {
    use landlock::{ABI, AccessFs, LandlockStatus, Ruleset, RulesetAttr as _, RulesetCreated};
    let ruleset = Ruleset::default().handle_access(AccessFs::ReadFile).and_then(Ruleset::create);
    match ruleset.and_then(RulesetCreated::restrict_self).map(|status| status.landlock) {
        Ok(LandlockStatus::Available { effective_abi, .. }) if effective_abi >= ABI::V4 => "files and network",
        Ok(LandlockStatus::Available { .. }) => "files",
        _ => "nothing",
    }
}

fn open_files() -> String {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else { return String::new() };
    let mut numbers: Vec<u32> = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    // The one that listed them is closed by now.
    numbers.retain(|number| std::fs::symlink_metadata(format!("/proc/self/fd/{number}")).is_ok());
    numbers.sort_unstable();
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}
