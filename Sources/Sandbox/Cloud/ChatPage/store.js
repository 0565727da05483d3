"use strict";

// What the page knows of the cloud, and how it hears of changes.

const byId = (id) => document.getElementById(id);
const messages = new Map();   // message id -> message
const deliveries = new Map(); // message id -> delivery
const chats = new Map();      // chat id -> chat, with `unread`
const people = new Map();     // open id -> name
const newest = new Map();     // chat id -> id of its newest message
const revisions = new Map();  // what was last applied, by kind and id
let state = null;             // the snapshot
let room = null;              // id of the open chat
let stream = null;

// What came while a snapshot was on its way, which may know nothing of it.
const held = [];
let loads = 0;
let loaded = Promise.resolve();

/** Reads all anew, one reading after the other: what was made before the call is there when it ends. */
function begin() {
  loads += 1;
  loaded = loaded.then(load).finally(() => {
    loads -= 1;
    if (loads) return;
    for (const update of held.splice(0)) if (state && update.revision > state.revision) apply(update);
  });
  return loaded;
}

async function load() {
  setStatus("", word("connecting"));
  try {
    const response = await fetch("/sandbox/state", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    state = await response.json();
  } catch {
    setStatus("bad", word("lost"));
    return;
  }
  const unread = new Map([...chats].map(([id, chat]) => [id, chat.unread]));
  for (const map of [messages, newest, deliveries, revisions, chats, people, typed, tasks]) map.clear();
  for (const person of state.people) people.set(person.open_id, person.name);
  for (const chat of state.chats) chats.set(chat.chat_id, { ...chat, unread: unread.get(chat.chat_id) ?? 0 });
  for (const message of state.messages) takeMessage(message);
  for (const task of state.tasks) takeTask(task);
  for (const delivery of state.deliveries) deliveries.set(delivery.message_id, delivery);
  if (!chats.has(room)) room = state.chats.find((chat) => chat.kind === "p2p" && chat.name === state.default_user)?.chat_id ?? state.chats[0]?.chat_id;
  byId("bot").textContent = state.bot;
  drawAll();
}

function listen() {
  stream?.close();
  stream = new EventSource("/sandbox/events");
  stream.onmessage = (event) => {
    const update = JSON.parse(event.data);
    if (update.kind === "hello") { begin(); return; }
    if (loads) held.push(update);
    else if (state && update.revision > state.revision) apply(update);
  };
  stream.onerror = () => setStatus("bad", word("lost"));
}

function apply(update) {
  const value = update.value;
  if (update.kind === "verified") { state.verified = true; drawStatus(); return; }
  const id = update.kind === "chat" ? value.chat_id : update.kind === "task" ? value.guid : value.message_id ?? value.event_id ?? "";
  const key = update.kind + id + (value.element_id ?? "");
  if ((revisions.get(key) ?? -1) > update.revision) return;
  revisions.set(key, update.revision);
  if (update.kind === "message") {
    const isNew = !messages.has(id);
    takeMessage(value);
    const chat = chats.get(value.chat_id);
    if (!chat) { begin(); return; }
    if (isNew && value.from_bot && value.chat_id !== room) chat.unread += 1;
    drawChatsSoon();
    if (value.chat_id === room) drawMessage(value);
  } else if (update.kind === "stream") {
    // A whole card that came later says more than this text.
    if ((revisions.get("message" + id) ?? -1) > update.revision) return;
    streamText(value);
  } else if (update.kind === "task") {
    takeTask(value);
    drawTasks();
  } else if (update.kind === "chat") {
    chats.set(id, { ...value, unread: chats.get(id)?.unread ?? 0 });
    if (value.members.some((member) => !people.has(member))) { begin(); return; }
    drawChats();
    if (id === room) drawHead();
  } else if (update.kind === "delivery" && value.message_id) {
    deliveries.set(value.message_id, value);
    const message = messages.get(value.message_id);
    if (message && message.chat_id === room) drawDelivery(message);
    if (!state.verified && value.state === "acknowledged") { state.verified = true; drawStatus(); }
  }
  drawTyping();
}

function takeMessage(message) {
  messages.set(message.message_id, message);
  const last = messages.get(newest.get(message.chat_id));
  if (!last || message.created >= last.created) newest.set(message.chat_id, message.message_id);
  if (!message.from_bot) people.set(message.sender, message.name);
}

const ownMessages = () => [...messages.values()].filter((message) => message.chat_id === room).sort((a, b) => a.created - b.created);

/** Who acts in the open chat: its one person, or whom the page speaks for in the group. */
function actor() {
  const chat = chats.get(room);
  if (!chat || chat.kind === "p2p") return chat?.name ?? state.default_user;
  return byId("speaker").value || state.default_user;
}

/** Asks the control interface; the answer, or an error with its reason. */
async function ask(method, path, body) {
  const response = await fetch("/sandbox/" + path, {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.status);
  return answer;
}

/** The same for something small whose failure only needs to be told. */
async function act(method, path, body) {
  try { return await ask(method, path, body); } catch (error) { toast("error", word("failedAct", error.message)); return null; }
}

function toast(type, text) {
  const node = element("p", "toast " + type, text);
  byId("toasts").append(node);
  if (byId("toasts").children.length > 3) byId("toasts").firstElementChild.remove();
  setTimeout(() => node.remove(), 4500);
}
