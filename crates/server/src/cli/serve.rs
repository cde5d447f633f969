//! `handbill serve`: the server, until it is told to stop. Also what `handbill` alone does.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::{Globals, Output};
use crate::actions::first_start::first_token;
use crate::actions::token::CreatedToken;
use crate::app::App;
use crate::router::router;
use crate::{log, serving, upkeep};

#[derive(Args, Default)]
pub(crate) struct Serve {}

impl Serve {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (mut config, _) = globals.load()?;
        log::init(&config.log);
        let asked = config.server.listen;
        let listener = TcpListener::bind(asked).await.with_context(|| {
            format!("cannot listen on {asked}; is another program there? --listen ADDR:PORT takes another place")
        })?;
        // Port 0 is any that is free; links must have the one that it came to be.
        config.server.listen = listener.local_addr()?;
        let app = App::open(config).await?;
        check_storage(&app).await?;
        app.renderer.engine.warm().await.context("no engine process can be started")?;
        let first = first_token(&app).await?;
        greet(&app, first.as_ref(), out)?;

        let upkeep = upkeep::start(app.clone());
        let all_ended = serving::serve(listener, router(app.clone()), &app.config.server, told_to_stop()).await;
        if !all_ended {
            tracing::warn!("some requests had not ended in time; they were cut off");
        }
        drop(upkeep);
        app.renderer.engine.stop(Duration::from_secs(1)).await;
        app.db.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// What is wrong with the configuration is told now, and not by every render. A store that is down may come back.
async fn check_storage(app: &App) -> anyhow::Result<()> {
    match app.blobs.check().await {
        Err(error) if error.is_passing() => {
            tracing::warn!(error = &error as &dyn std::error::Error, "files cannot be stored at present");
            Ok(())
        }
        outcome => outcome.context("files cannot be stored"),
    }
}

fn greet(app: &App, first: Option<&CreatedToken>, out: &Output) -> anyhow::Result<()> {
    let url = app.config.server.base_url();
    let data_dir = app.config.storage.data_dir.display().to_string();
    if app.config.server.listen.ip().is_unspecified() && app.config.server.public_url.is_none() {
        tracing::warn!("links in answers begin with {url}, which works on this machine alone; set server.public_url");
    }
    let token = first.map(|first| first.plain.reveal());
    out.print(&json!({ "url": url, "data_dir": data_dir, "token": token }), |out| {
        writeln!(out, "Handbill {} is running on {url} (data in {data_dir})", env!("CARGO_PKG_VERSION"))?;
        if let Some(token) = token {
            writeln!(out, "\nA first API token was made. Note it, it is not shown again:\n\n    {token}\n\nTry it:\n")?;
            writeln!(out, "    curl {url}/generate -H 'Content-Type: application/json' \\")?;
            writeln!(out, "      -H 'Authorization: Bearer {token}' \\")?;
            writeln!(out, "      -d '{}'", example())?;
        }
        writeln!(out, "\nCtrl-C stops it.")?;
        out.flush()
    })?;
    std::io::stdout().flush()?;
    Ok(())
}

fn example() -> serde_json::Value {
    json!({
        "template_id": "og-blog",
        "content_update": [{ "type": "textbox", "label": "title", "value": "My first picture" }],
    })
}

/// Ready at Ctrl-C or SIGTERM. A second one ends the program at once.
async fn told_to_stop() {
    next_signal().await;
    tracing::info!("stopping: requests under way may end");
    tokio::spawn(async {
        next_signal().await;
        tracing::warn!("told to stop twice: ending at once");
        std::process::exit(1);
    });
}

#[cfg(unix)]
async fn next_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be listened to");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn next_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
