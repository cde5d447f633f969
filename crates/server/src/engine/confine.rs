//! What an engine process takes away from itself before it sees any input: memory beyond its share, new files, the
//! network, core dumps. Everything here is in addition to what the engine promises; it holds when a bug breaks that.
//! Only Linux enforces all of it; elsewhere the deadline and the engine's own limits remain.

#[cfg(target_os = "linux")]
pub(super) use linux::{confine, limit_memory, limit_processor_time};

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{confine, limit_memory, limit_processor_time};

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, Scope};
    use rlimit::{INFINITY, Resource};

    /// stdin, stdout, stderr, and a few to spare for the standard library.
    const OPEN_FILES: u64 = 16;

    /// Closes the file system and the network to this thread and all that it starts. Call before starting any.
    pub(in crate::engine) fn confine() -> io::Result<()> {
        rlimit::setrlimit(Resource::CORE, 0, 0)?;
        rlimit::setrlimit(Resource::FSIZE, 0, 0)?;
        rlimit::setrlimit(Resource::NOFILE, OPEN_FILES, OPEN_FILES)?;
        // Best effort: a kernel without Landlock, or with an older one, does what it can.
        if let Err(error) = close_files_and_network() {
            eprintln!("the kernel's sandbox is not available: {error}");
        }
        Ok(())
    }

    /// A Landlock ruleset without a single rule: nothing may be opened, run, connected to or signalled.
    fn close_files_and_network() -> Result<(), RulesetError> {
        let abi = ABI::V6;
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()?
            .restrict_self()?;
        Ok(())
    }

    /// Lets the address space grow by `bytes` beyond `in_use`; past it, allocation fails and the process aborts.
    pub(in crate::engine) fn limit_memory(bytes: u64, in_use: u64) -> io::Result<()> {
        let limit = in_use.saturating_add(bytes);
        rlimit::setrlimit(Resource::AS, limit, limit)
    }

    /// Ends the process when it has used this much processor time since its start.
    pub(in crate::engine) fn limit_processor_time(seconds: u64) -> io::Result<()> {
        rlimit::setrlimit(Resource::CPU, seconds, INFINITY)
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;

    pub(in crate::engine) fn confine() -> io::Result<()> {
        rlimit::setrlimit(rlimit::Resource::CORE, 0, 0)
    }

    /// The address-space limit is not enforced here.
    pub(in crate::engine) fn limit_memory(_bytes: u64, _in_use: u64) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::engine) fn limit_processor_time(seconds: u64) -> io::Result<()> {
        rlimit::setrlimit(rlimit::Resource::CPU, seconds, rlimit::INFINITY)
    }
}

/// The address space in use, in bytes, as far as the system tells; the program and its fonts are in it.
pub(super) fn address_space() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(4 << 20) * 1024
}
