use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::*;

fn sources(file: Option<PathBuf>, env: &[(&str, &str)], flags: &[(&'static str, &'static str, &str)]) -> Sources {
    let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
    let flags = flags.iter().map(|(flag, key, value)| (*flag, *key, (*value).to_owned())).collect();
    Sources { file, env, flags }
}

/// The faults of a configuration, one a line, with `FILE` for the file's name.
fn faults(toml: &str, env: &[(&str, &str)]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("handbill.toml");
    fs::write(&path, toml).unwrap();
    match Config::load(&sources(Some(path.clone()), env, &[])) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string().replace(&path.display().to_string(), "FILE"),
    }
}

#[test]
fn every_default_is_taken_and_fits() {
    let (config, settings) = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.server.base_url(), "http://127.0.0.1:8080");
    assert_eq!(config.storage.data_dir, PathBuf::from("./handbill-data"));
    assert!(config.database.url.is_none() && config.server.secret_key.is_none());
    assert!(config.engine.worker_count() >= 1);
    assert!(config.outbound.allow_networks.is_empty());
    assert_eq!(settings.untaken(), Vec::<String>::new());
}

#[test]
fn the_later_source_wins() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("handbill.toml");
    fs::write(&path, "[server]\nlisten = \"127.0.0.1:1\"\n[limits]\nmax_slides = 5\n[generate]\ntimeout_ms = 0x1000\n")
        .unwrap();
    let env = [
        ("HANDBILL__SERVER__LISTEN", "127.0.0.1:2"),
        ("HANDBILL__LIMITS__MAX_SLIDES", "7"),
        ("HANDBILL__OUTBOUND__ALLOW_NETWORKS", "127.0.0.0/8, ::1"),
        ("HANDBILL__ENGINE__EXTRA_FONTS", "false"),
        ("HANDBILL_TEST_SOMETHING", "not ours"),
    ];
    let sources = sources(Some(path.clone()), &env, &[("--listen", "server.listen", "127.0.0.1:3")]);
    let (config, settings) = Config::load(&sources).unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.limits.max_slides, 7);
    assert_eq!(config.generate.timeout_ms, 4096);
    assert_eq!(config.outbound.allow_networks.len(), 2);
    assert!(!config.engine.extra_fonts);
    let place = |key: &str| settings.effective().into_iter().find(|s| s.key == key).unwrap().place;
    assert_eq!(place("server.listen"), Place::Flag("--listen"));
    assert_eq!(place("limits.max_slides"), Place::Env("HANDBILL__LIMITS__MAX_SLIDES".into()));
    assert_eq!(place("generate.timeout_ms"), Place::File { path, line: 6 });
    assert_eq!(place("log.level"), Place::Default);
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let toml = "port = 80\n\n[server]\nlisten = 8080\npublic_ur = \"http://a\"\nworkers = 3\n\n[limits]\nmax_slides = 0\n\n\
                [log]\nformat = \"yaml\"\nlevel = \"verbose\"\n[outbound]\nallow_networks = [\"10.0.0.0/40\"]\n\
                [genrate]\ntimeout_ms = \"soon\"\n";
    let env = [
        ("HANDBILL__ENGINE__WORKRS", "2"),
        ("HANDBILL__ENGINE__MEMORY_MB", "much"),
        ("HANDBILL__DATABASE__URL", "mysql://me:hush@db"),
        ("HANDBILL__SERVER__SECRET_KEY", "short"),
        ("HANDBILL__SERVER__PUBLIC_URL", "ftp://a"),
    ];
    let found = faults(toml, &env);
    let expected = r#"the configuration has 14 faults
  FILE, line 1: `port` stands outside of a section; `handbill config --defaults` lists what there is
  FILE, line 4: server.listen: expected a text in quotes, found 8080 (the default is "127.0.0.1:8080")
  FILE, line 5: there is no key `server.public_ur`; did you mean `server.public_url`?
  FILE, line 6: there is no key `server.workers`; did you mean `engine.workers`?
  FILE, line 9: limits.max_slides: 0 is out of bounds; it can be 1 to 10000 (the default is 100)
  FILE, line 12: log.format: unknown variant `yaml`, expected `human` or `json` (the default is "human")
  FILE, line 13: log.level: `verbose` is not a level; use error, warn, info, debug or trace (the default is "info")
  FILE, line 15: outbound.allow_networks: the prefix of `10.0.0.0/40` is at most 32 (the default is [])
  FILE, line 17: there is no key `genrate.timeout_ms`; did you mean `generate.timeout_ms`?
  environment variable HANDBILL__DATABASE__URL: database.url: a database URL begins with postgres:// or sqlite:///
  environment variable HANDBILL__ENGINE__MEMORY_MB: engine.memory_mb: expected a whole number, found "much" (the default is 1024)
  environment variable HANDBILL__ENGINE__WORKRS: there is no such setting; did you mean HANDBILL__ENGINE__WORKERS?
  environment variable HANDBILL__SERVER__PUBLIC_URL: server.public_url: `ftp://a` does not begin with http:// or https://; a right one is https://handbill.example.com
  environment variable HANDBILL__SERVER__SECRET_KEY: server.secret_key: has 5 characters; it needs 32 or more
`handbill config --defaults` prints every key with its default."#;
    assert_eq!(found, expected);
}

#[test]
fn a_place_to_listen_has_an_address_and_a_port() {
    for listen in ["x", "8080", "127.0.0.1", "localhost:8080", ""] {
        let found = faults(&format!("[server]\nlisten = \"{listen}\"\n"), &[]);
        let words = format!("server.listen: `{listen}` is no place to listen; write ADDR:PORT, as in 127.0.0.1:8080");
        assert!(found.contains(&words), "{found}");
    }
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let found = faults("[server]\nlisten = \n[log]\nlevel = \"info\nformat = \"json\"\n", &[]);
    assert!(found.contains("FILE, line 2: ") && found.contains("FILE, line 4: "), "{found}");
}

#[test]
fn a_missing_file_is_a_fault() {
    let missing = Config::load(&sources(Some("no/such/file.toml".into()), &[], &[])).unwrap_err().to_string();
    assert!(missing.contains("no/such/file.toml: cannot read this file"), "{missing}");
}

#[test]
fn a_secret_comes_from_a_file_and_is_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("url");
    fs::write(&path, "postgres://me:hush@db/handbill\n").unwrap();
    let file = path.display().to_string();
    let env = [("HANDBILL__DATABASE__URL__FILE", file.as_str())];
    let (config, settings) = Config::load(&sources(None, &env, &[])).unwrap();
    assert_eq!(config.database.url.as_ref().unwrap().reveal(), "postgres://me:hush@db/handbill");
    let shown = format!("{config:?} {:?}", settings.effective());
    assert!(!shown.contains("hush") && shown.contains("********"), "{shown}");

    let both = [env[0], ("HANDBILL__DATABASE__URL", "sqlite:a.db")];
    assert!(faults("", &both).contains("HANDBILL__DATABASE__URL is set as well"));
    let none = [("HANDBILL__DATABASE__URL__FILE", "no/such/file")];
    assert!(faults("", &none).contains("cannot read no/such/file"));
}
