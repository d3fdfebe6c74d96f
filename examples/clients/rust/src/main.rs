//! Prints credentials of podkey: `app get NAME KEY` one value, `app live NAME...` every change. The lines are
//! those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey.

mod get;
mod live_credentials;

/// The stubs that build.rs generates.
mod podkey {
    pub mod v1 {
        tonic::include_proto!("podkey.v1");
    }
}

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tonic::Status;

use live_credentials::{Listener, LiveCredentials, dial, target};
use podkey::v1::{Freshness, freshness::State};

#[tokio::main]
async fn main() -> ExitCode {
    let endpoint = std::env::var("PODKEY_ENDPOINT").unwrap_or("unix:///run/podkey/podkey.sock".into());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let refused = match words.as_slice() {
        ["get", name, key] => match get::get(target(&endpoint), name, key).await {
            Ok(value) => {
                println!("{}", shown(&value));
                return ExitCode::SUCCESS;
            }
            Err(status) => status,
        },
        ["live", _, ..] => follow(&endpoint, arguments[1..].to_vec()).await,
        _ => {
            eprintln!("usage: app get NAME KEY | app live NAME...");
            return ExitCode::from(2);
        }
    };
    eprintln!("{}", refused.message());
    println!("refused {:?}", refused.code());
    ExitCode::from(3)
}

async fn follow(endpoint: &str, names: Vec<String>) -> Status {
    let credentials = LiveCredentials::default();
    match dial(endpoint) {
        Ok(channel) => credentials.run(channel, names, Printer(credentials.clone())).await,
        Err(error) => Status::from_error(error.into()),
    }
}

struct Printer(LiveCredentials);

impl Listener for Printer {
    fn on_change(&self, how: &str, names: &BTreeSet<String>) {
        for name in names {
            match self.0.current(name) {
                None => println!("removed {name}"),
                Some(credential) => {
                    let values: BTreeMap<_, _> = credential.data.iter().collect();
                    let shown: String = values.iter().map(|(key, value)| format!(" {key}={}", shown(value))).collect();
                    println!("current {name}{shown}");
                }
            }
        }
        println!("{how} {}", self.0.len());
    }

    fn on_freshness(&self, freshness: &Freshness) {
        if freshness.state() == State::Fresh { println!("fresh") } else { println!("stale {}", freshness.reason) }
    }

    fn on_reconnect(&self, ended: &Status, delay: Duration) {
        eprintln!("{}; again in {delay:?}", ended.message());
        println!("reconnecting {:?}", ended.code());
    }
}

/// Shows short printable text, because this is a demonstration. A real program never prints a value.
fn shown(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) if text.len() <= 64 && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) => text.into(),
        _ => Sha256::digest(value).iter().fold("sha256:".into(), |hex, byte| format!("{hex}{byte:02x}")),
    }
}
