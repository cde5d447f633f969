//! What the tests need beside Rust, and how it comes onto a machine.

use std::path::Path;
use std::process::Command;

use crate::run::{in_ci, is_installed, run};

/// A program that some tests need.
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    /// Found here too, when it is not on the PATH.
    pub(crate) also_in: &'static str,
    pub(crate) apt_package: &'static str,
    /// What is left out without it.
    pub(crate) suite: &'static str,
}

pub(crate) const TOOLS: [Tool; 5] = [
    Tool {
        program: "postgres",
        also_in: "/usr/lib/postgresql",
        apt_package: "postgresql",
        suite: "every database test's PostgreSQL half",
    },
    Tool { program: "chromium", also_in: "", apt_package: "chromium", suite: "layout compared with a browser" },
    Tool { program: "pdftotext", also_in: "", apt_package: "poppler-utils", suite: "PDF text and pictures read back" },
    Tool { program: "qemu-x86_64", also_in: "", apt_package: "qemu-user", suite: "bytes on other processors" },
    Tool { program: "qpdf", also_in: "", apt_package: "qpdf", suite: "PDF structure" },
];

/// Installs what is missing where that can be done; elsewhere says what is left out (in CI: fails).
pub(crate) fn install_missing() -> anyhow::Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if may_use_apt() {
        let packages: Vec<&str> = missing.iter().map(|tool| tool.apt_package).collect();
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        run(Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages))?;
    }
    let still: Vec<&&Tool> = missing.iter().filter(|tool| !tool.is_there()).collect();
    for tool in &still {
        eprintln!(
            "left out: {} ('{}' is not installed; Debian package {})",
            tool.suite, tool.program, tool.apt_package
        );
    }
    anyhow::ensure!(still.is_empty() || !in_ci(), "in CI nothing may be left out");
    Ok(())
}

impl Tool {
    fn is_there(&self) -> bool {
        is_installed(self.program) || (!self.also_in.is_empty() && Path::new(self.also_in).is_dir())
    }
}

fn may_use_apt() -> bool {
    is_installed("apt-get") && is_root()
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
