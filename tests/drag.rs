//! A program that files are dragged from, as a file manager: the source's side of XDND, version 5
//! (<https://www.freedesktop.org/wiki/Specifications/XDND/>).

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, MapState, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The version of the protocol.
const VERSION: u32 = 5;
/// How long it waits for the other program.
const PATIENCE: Duration = Duration::from_secs(60);

/// Drags files onto the middle of the one window on a display, and lets them go there; says whether they were taken.
pub fn drag(display: &str, files: &[&Path]) -> bool {
    let (connection, screen) = x11rb::connect(Some(display)).expect("a display");
    let root = connection.setup().roots[screen].root;
    let source = connection.generate_id().expect("an id");
    let events = CreateWindowAux::new();
    connection
        .create_window(
            COPY_DEPTH_FROM_PARENT,
            source,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &events,
        )
        .expect("made");
    let uris = files.iter().map(|file| uri(file) + "\r\n");
    let mut drag = Drag {
        connection,
        source,
        target: 0,
        uris: uris.collect(),
    };
    let [target, middle] = drag.window_on(root);
    drag.target = target;
    drag.go(middle)
}

/// What is dragged, and where to.
struct Drag {
    connection: RustConnection,
    source: Window,
    target: Window,
    uris: String,
}

impl Drag {
    fn atom(&self, name: &str) -> u32 {
        let reply = self.connection.intern_atom(false, name.as_bytes());
        reply.expect("asked").reply().expect("an atom").atom
    }

    /// The window that things can be dropped on, and a point in its middle, as the protocol writes it.
    fn window_on(&self, root: Window) -> [u32; 2] {
        let aware = self.atom("XdndAware");
        let tree = self.connection.query_tree(root).expect("asked");
        let is_one = |window: &Window| {
            let property = self
                .connection
                .get_property(false, *window, aware, AtomEnum::ANY, 0, 1);
            let is_aware = property
                .expect("asked")
                .reply()
                .is_ok_and(|it| it.format != 0);
            let attributes = self.connection.get_window_attributes(*window);
            let attributes = attributes.expect("asked").reply();
            is_aware && attributes.is_ok_and(|it| it.map_state == MapState::VIEWABLE)
        };
        let mut windows = tree.reply().expect("a tree").children.into_iter();
        let window = windows.find(is_one).expect("a window on the display");
        let place = self.connection.get_geometry(window).expect("asked");
        let place = place.reply().expect("a place");
        let [x, y] = [
            place.x as u32 + u32::from(place.width) / 2,
            place.y as u32 + u32::from(place.height) / 2,
        ];
        [window, x << 16 | y]
    }

    fn go(&self, place: u32) -> bool {
        let copy = self.atom("XdndActionCopy");
        let selection = self.atom("XdndSelection");
        self.connection
            .set_selection_owner(self.source, selection, x11rb::CURRENT_TIME)
            .expect("asked");
        let kind = self.atom("text/uri-list");
        self.send("XdndEnter", [VERSION << 24, kind, 0, 0]);
        // The drop is refused until the window has read the offered types.
        let begin = Instant::now();
        loop {
            self.send("XdndPosition", [0, place, x11rb::CURRENT_TIME, copy]);
            if self.wait_for("XdndStatus")[1] & 1 == 1 {
                break;
            }
            if begin.elapsed() > PATIENCE {
                self.send("XdndLeave", [0; 4]);
                return false;
            }
        }
        self.send("XdndDrop", [0, x11rb::CURRENT_TIME, 0, 0]);
        self.wait_for("XdndFinished")[1] & 1 == 1
    }

    fn send(&self, name: &str, [a, b, c, d]: [u32; 4]) {
        let data = [self.source, a, b, c, d];
        let message = ClientMessageEvent::new(32, self.target, self.atom(name), data);
        self.connection
            .send_event(false, self.target, EventMask::NO_EVENT, message)
            .expect("sent");
        self.connection.flush().expect("sent");
    }

    /// Gives the files to the window when it asks for them, until it sends a message.
    fn wait_for(&self, name: &str) -> [u32; 5] {
        let kind = self.atom(name);
        let begin = Instant::now();
        loop {
            match self.connection.poll_for_event().expect("a display") {
                Some(Event::ClientMessage(message)) if message.type_ == kind => {
                    return message.data.as_data32();
                }
                Some(Event::SelectionRequest(request)) => self.give(&request),
                Some(_) => {}
                None => {
                    assert!(begin.elapsed() < PATIENCE, "waited in vain for {name}");
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }

    fn give(&self, request: &SelectionRequestEvent) {
        self.connection
            .change_property8(
                PropMode::REPLACE,
                request.requestor,
                request.property,
                request.target,
                self.uris.as_bytes(),
            )
            .expect("written");
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: request.property,
        };
        self.connection
            .send_event(false, request.requestor, EventMask::NO_EVENT, answer)
            .expect("sent");
        self.connection.flush().expect("sent");
    }
}

/// A file as file managers name it.
fn uri(file: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in file.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(*byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
