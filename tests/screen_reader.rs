//! A screen reader: it acts as the accessibility bus that GTK connects to, and reads GTK's messages there.
//!
//! GTK needs only a name and a registry of that bus, so that no daemon is needed.

use std::cell::{OnceCell, RefCell};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gio::glib::variant::{ObjectPath, ToVariant};
use gio::glib::{MainContext, MainLoop, Variant};
use gio::{
    DBusConnection, DBusMessage, DBusMessageType, DBusNodeInfo, DBusSendMessageFlags, DBusServer,
    DBusServerFlags,
};

use crate::program::text;

/// The interfaces that GTK calls, with their paths.
const BUS: [(&str, &str); 3] = [
    (
        "/org/freedesktop/DBus",
        "<interface name='org.freedesktop.DBus'>
           <method name='Hello'><arg direction='out' type='s'/></method>
           <method name='AddMatch'><arg direction='in' type='s'/></method>
           <method name='RemoveMatch'><arg direction='in' type='s'/></method>
         </interface>",
    ),
    (
        ROOT,
        "<interface name='org.a11y.atspi.Socket'>
           <method name='Embed'><arg direction='in' type='(so)'/><arg direction='out' type='(so)'/></method>
         </interface>",
    ),
    (
        "/org/a11y/atspi/registry",
        "<interface name='org.a11y.atspi.Registry'>
           <method name='GetRegisteredEvents'><arg direction='out' type='a(ss)'/></method>
         </interface>",
    ),
];
/// The bus names of the screen reader and of GTK.
const NAME: &str = ":1.0";
const GTKS: &str = ":1.1";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
/// How long it waits for GTK.
const PATIENCE: Duration = Duration::from_secs(60);

/// A widget of a window, as GTK describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its AT-SPI role.
    pub role: String,
    pub name: String,
    pub description: String,
    /// The value of a widget that has a range of values.
    pub value: Option<f64>,
    /// The roles that it lies in, the window's first.
    pub inside: Vec<String>,
    path: String,
}

/// The screen reader.
pub struct ScreenReader {
    address: String,
    main_loop: MainLoop,
    thread: Option<JoinHandle<()>>,
    plugs: Receiver<Plug>,
    plug: OnceCell<Plug>,
}

/// A program's objects.
#[derive(Debug)]
struct Plug {
    connection: DBusConnection,
    /// Where they begin.
    path: String,
}

impl ScreenReader {
    /// Waits for a program, with its socket in a folder.
    pub fn start(folder: &Path) -> Self {
        let context = MainContext::new();
        let main_loop = MainLoop::new(Some(&context), false);
        let (sender, plugs) = mpsc::channel();
        let (address_sender, address) = mpsc::channel();
        let place = format!("unix:dir={}", text(folder));
        let running = main_loop.clone();
        // GTK waits for answers while it opens its first window.
        let thread = std::thread::spawn(move || {
            let served = context.with_thread_default(|| {
                let server = DBusServer::new_sync(
                    &place,
                    DBusServerFlags::NONE,
                    &gio::dbus_generate_guid(),
                    None,
                    gio::Cancellable::NONE,
                );
                let server = server.expect("a socket");
                // The server does not keep them.
                let connections = RefCell::new(Vec::new());
                server.connect_new_connection(move |_, connection| {
                    connections.borrow_mut().push(connection.clone());
                    serve(connection, &sender);
                    true
                });
                server.start();
                let sent = address_sender.send(server.client_address().to_string());
                sent.expect("the address is waited for");
                running.run();
            });
            served.expect("the context is this thread's");
        });
        Self {
            address: address.recv().expect("a server"),
            main_loop,
            thread: Some(thread),
            plugs,
            plug: OnceCell::new(),
        }
    }

    /// Where GTK finds it: the value of `AT_SPI_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn plug(&self) -> &Plug {
        self.plug.get_or_init(|| {
            let plug = self.plugs.recv_timeout(PATIENCE);
            plug.expect("GTK comes")
        })
    }

    /// Presses a button, as soon as it is there. GTK may report its name twice, first with the mnemonic's mark.
    pub fn press(&self, name: &str) {
        let path = self.wait_for(|element| {
            let is_it = element.role == "button" && element.name.ends_with(name);
            is_it.then(|| element.path.clone())
        });
        let first = Some((0i32,).to_variant());
        let pressed = self
            .plug()
            .call(&path, "org.a11y.atspi.Action", "DoAction", first.as_ref());
        assert!(pressed.is_some(), "{name} can't be pressed");
    }

    /// Everything that the program's windows have.
    pub fn read(&self) -> Vec<Element> {
        let plug = self.plug();
        let mut elements = Vec::new();
        plug.read_below(&plug.path, &[], &mut elements);
        elements
    }

    /// Reads until there is a match; returns it.
    pub fn wait_for<T>(&self, find: impl Fn(&Element) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            let elements = self.read();
            if let Some(found) = elements.iter().find_map(&find) {
                return found;
            }
            let labels = elements.iter().filter(|element| element.role == "label");
            assert!(
                begin.elapsed() < PATIENCE,
                "waited in vain; there is {:?}",
                labels.map(|label| &label.name).collect::<Vec<_>>()
            );
        }
    }
}

impl Drop for ScreenReader {
    fn drop(&mut self) {
        self.main_loop.quit();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Plug {
    fn read_below(&self, path: &str, inside: &[String], elements: &mut Vec<Element>) {
        // What has gone meanwhile is not read.
        let Some(children) = self.call(path, ACCESSIBLE, "GetChildren", None) else {
            return;
        };
        for child in children.child_value(0).iter() {
            let path = child.child_get::<ObjectPath>(1);
            let path = path.as_str();
            let Some(role) = self.call(path, ACCESSIBLE, "GetRoleName", None) else {
                continue;
            };
            let role: String = role.child_get(0);
            let property = |interface: &str, name: &str| {
                let asked = (interface, name).to_variant();
                let value =
                    self.call(path, "org.freedesktop.DBus.Properties", "Get", Some(&asked))?;
                value.child_value(0).as_variant()
            };
            let words = |name: &str| property(ACCESSIBLE, name).and_then(|value| value.get());
            elements.push(Element {
                name: words("Name").unwrap_or_default(),
                description: words("Description").unwrap_or_default(),
                value: property("org.a11y.atspi.Value", "CurrentValue")
                    .and_then(|value| value.get()),
                inside: inside.to_vec(),
                role: role.clone(),
                path: path.to_owned(),
            });
            self.read_below(path, &[inside, &[role]].concat(), elements);
        }
    }

    fn call(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        arguments: Option<&Variant>,
    ) -> Option<Variant> {
        let message = DBusMessage::new_method_call(None, path, Some(interface), method);
        // GTK counts on one: its answers go there.
        message.set_sender(Some(NAME));
        if let Some(arguments) = arguments {
            message.set_body(arguments);
        }
        let answer = self.connection.send_message_with_reply_sync(
            &message,
            DBusSendMessageFlags::NONE,
            PATIENCE.as_millis() as i32,
            gio::Cancellable::NONE,
        );
        let (answer, _) = answer.expect("the window is open");
        match answer.message_type() {
            DBusMessageType::MethodReturn => answer.body(),
            _ => None,
        }
    }
}

/// Answers GTK as the bus and its registry do, and reports the plug that GTK embeds.
fn serve(connection: &DBusConnection, plugs: &Sender<Plug>) {
    for (path, interface) in BUS {
        let node = DBusNodeInfo::for_xml(&format!("<node>{interface}</node>")).expect("XML");
        let name = interface.split('\'').nth(1).expect("a name");
        let interface = node.lookup_interface(name).expect("it is there");
        let plugs = plugs.clone();
        let registered = connection
            .register_object(path, &interface)
            .method_call(move |connection, _, _, _, method, arguments, invocation| {
                let answer = match method {
                    "Hello" => Some((GTKS,).to_variant()),
                    "Embed" => {
                        let path = arguments.child_value(0).child_get::<ObjectPath>(1);
                        let path = path.as_str().to_owned();
                        // A test that has ended does not read it.
                        let _ = plugs.send(Plug { connection, path });
                        let socket = ObjectPath::try_from(ROOT.to_owned()).expect("a path");
                        Some(((NAME, socket),).to_variant())
                    }
                    "GetRegisteredEvents" => Some((Vec::<(String, String)>::new(),).to_variant()),
                    _ => None,
                };
                invocation.return_value(answer.as_ref());
            })
            .build();
        registered.expect("a new connection has no objects");
    }
}
