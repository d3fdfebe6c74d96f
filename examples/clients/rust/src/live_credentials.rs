//! Keeps credentials of podkey at their newest, whatever happens to podkey meanwhile. Copy this file.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tonic::transport::{Channel, Endpoint, Error};
use tonic::{Code, Status};

use crate::podkey::v1::credential_service_client::CredentialServiceClient;
use crate::podkey::v1::watch_response::Event;
use crate::podkey::v1::{Change, Credential, Freshness, WatchRequest};

const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// What tonic wants for an endpoint of podkey: a Unix socket as it is, a TCP address as a URI.
pub fn target(endpoint: &str) -> String {
    if endpoint.starts_with("unix:") { endpoint.to_string() } else { format!("http://{endpoint}") }
}

/// Opens a channel to podkey. Nothing is connected before the first call, and each later call tries again at once, as
/// podkey is next door. The keepalive finds a podkey that hangs. tonic asks no proxy.
pub fn dial(endpoint: &str) -> Result<Channel, Error> {
    Ok(Endpoint::from_shared(target(endpoint))?
        .connect_timeout(Duration::from_secs(1))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .connect_lazy())
}

/// Is told what happens, from the task of `run`.
pub trait Listener {
    /// `how` is "reset", "changed" or "resumed"; `names` are those that are different now, sorted.
    fn on_change(&self, how: &str, names: &BTreeSet<String>);
    /// podkey is sure of what it serves (FRESH), or it is not (STALE) and says why.
    fn on_freshness(&self, freshness: &Freshness);
    /// The stream ended, and another is tried after the delay. What is held stays.
    fn on_reconnect(&self, ended: &Status, delay: Duration);
}

type Held = HashMap<String, Arc<Credential>>;

/// The newest state of some credentials, by name: podkey serves one namespace here. Clones share it, so that any task
/// may ask at any time.
#[derive(Clone, Default)]
pub struct LiveCredentials {
    held: Arc<RwLock<Arc<Held>>>, // replaced whole, never written to
}

impl LiveCredentials {
    /// The newest credential of this name, or None while there is none.
    pub fn current(&self, name: &str) -> Option<Arc<Credential>> {
        self.held().get(name).cloned()
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.held().len()
    }

    fn held(&self) -> Arc<Held> {
        self.held.read().expect("no writer panics").clone()
    }

    /// Follows until podkey refuses the watch for good, and returns why. Dropping the future ends it at any time.
    pub async fn run(&self, channel: Channel, names: Vec<String>, listener: impl Listener) -> Status {
        let client = CredentialServiceClient::new(channel);
        let mut follower = Follower {
            credentials: self,
            client,
            names,
            listener,
            freshness: Freshness::default(),
            token: String::new(),
            backoff: FIRST_BACKOFF,
        };
        loop {
            let ended = follower.follow().await.err().unwrap_or_else(|| Status::ok("podkey ended the stream"));
            use Code::{InvalidArgument, PermissionDenied, Unauthenticated, Unimplemented};
            if let InvalidArgument | Unauthenticated | PermissionDenied | Unimplemented = ended.code() {
                return ended;
            }
            // Between half and all of it: not all clients of a restarted podkey at once.
            let delay = follower.backoff.mul_f64(rand::random_range(0.5..1.0));
            follower.listener.on_reconnect(&ended, delay);
            tokio::time::sleep(delay).await;
            follower.backoff = MAX_BACKOFF.min(2 * follower.backoff);
        }
    }
}

struct Follower<'a, L> {
    credentials: &'a LiveCredentials,
    client: CredentialServiceClient<Channel>,
    names: Vec<String>,
    listener: L,
    freshness: Freshness,
    token: String,
    backoff: Duration,
}

impl<L: Listener> Follower<'_, L> {
    /// Reads one stream to its end. A reset counts at its synced and a change at its last part, never before.
    async fn follow(&mut self) -> Result<(), Status> {
        let names = self.names.clone();
        let request = WatchRequest { names, resume_token: self.token.clone(), ..Default::default() };
        let mut stream = self.client.watch(request).await?.into_inner();
        let mut incoming: Option<Held> = None;
        let mut parts: Vec<Change> = vec![];
        while let Some(message) = stream.message().await? {
            if !message.resume_token.is_empty() {
                self.token = message.resume_token;
            }
            match message.event {
                Some(Event::Reset(_)) => {
                    incoming = Some(Held::new());
                    parts.clear();
                }
                Some(Event::Item(item)) => {
                    incoming.get_or_insert_default().insert(item.name.clone(), Arc::new(item));
                }
                Some(Event::Synced(_)) => {
                    self.backoff = FIRST_BACKOFF;
                    match incoming.take() {
                        Some(next) => self.swap("reset", next),
                        None => self.listener.on_change("resumed", &BTreeSet::new()),
                    }
                }
                Some(Event::Change(part)) => {
                    let more = part.more;
                    parts.push(part);
                    if !more {
                        self.swap("changed", applied(&self.credentials.held(), parts.drain(..)));
                    }
                }
                Some(Event::Heartbeat(_)) | None => {} // None: an event that this program does not know
            }
            if let Some(freshness) = message.freshness {
                self.notice(freshness);
            }
        }
        Ok(())
    }

    /// Makes `next` what is held, in one step, and tells what differs.
    fn swap(&self, how: &str, next: Held) {
        let next = Arc::new(next);
        let before = std::mem::replace(&mut *self.credentials.held.write().expect("no reader panics"), next.clone());
        let differs = |name: &&String| before.get(*name).map(|c| &c.data) != next.get(*name).map(|c| &c.data);
        let names: BTreeSet<String> = before.keys().chain(next.keys()).filter(differs).cloned().collect();
        self.listener.on_change(how, &names);
    }

    fn notice(&mut self, now: Freshness) {
        if (now.state, &now.reason) != (self.freshness.state, &self.freshness.reason) {
            self.listener.on_freshness(&now);
            self.freshness = now;
        }
    }
}

fn applied(held: &Held, parts: impl Iterator<Item = Change>) -> Held {
    let mut next = held.clone();
    for part in parts {
        for removed in part.removed {
            next.remove(&removed.name);
        }
        next.extend(part.changed.into_iter().map(|changed| (changed.name.clone(), Arc::new(changed))));
    }
    next
}
