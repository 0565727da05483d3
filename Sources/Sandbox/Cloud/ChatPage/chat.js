"use strict";

const LIMIT = 150 * 1024;
const byId = (id) => document.getElementById(id);
const messages = new Map();   // message id -> message
const deliveries = new Map(); // message id -> delivery
const chats = new Map();      // key -> { kind, name, unread }
const revisions = new Map();  // what was last applied, by kind and id
let state = null;             // the snapshot
let room = null;              // key of the open chat
let attachment = null;        // { name, text }
let stream = null;
let typingTimer = 0;

// MARK: what arrives

async function begin() {
  setStatus("", word("connecting"));
  try {
    const response = await fetch("/sandbox/state", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    state = await response.json();
  } catch {
    setStatus("bad", word("lost"));
    return;
  }
  messages.clear(); deliveries.clear(); revisions.clear(); chats.clear();
  addChat({ kind: "p2p", name: state.default_user });
  addChat({ kind: "group", name: word("groupName") });
  for (const chat of state.chats) addChat(chat);
  for (const message of state.messages) addMessage(message);
  for (const delivery of state.deliveries) deliveries.set(delivery.message_id, delivery);
  if (!chats.has(room)) room = keyOf({ kind: "p2p", name: state.default_user });
  byId("bot").textContent = state.bot;
  drawStatus();
  drawChats();
  drawRoom();
}

function listen() {
  stream?.close();
  stream = new EventSource("/sandbox/events");
  stream.onmessage = (event) => {
    const update = JSON.parse(event.data);
    if (update.kind === "hello") { begin(); return; }
    if (!state || update.revision <= state.revision) return;
    apply(update);
  };
  stream.onerror = () => setStatus("bad", word("lost"));
}

function apply(update) {
  const id = update.value.message_id ?? update.value.event_id ?? "";
  const key = update.kind + id;
  if ((revisions.get(key) ?? -1) > update.revision) return;
  revisions.set(key, update.revision);
  if (update.kind === "message") {
    const isNew = !messages.has(id);
    addMessage(update.value);
    const key = keyOf(update.value.chat);
    if (isNew && update.value.from_bot && key !== room) chats.get(key).unread += 1;
    drawChats();
    if (keyOf(update.value.chat) === room) drawMessage(update.value);
  } else if (update.kind === "delivery" && id) {
    deliveries.set(update.value.message_id, update.value);
    const message = messages.get(update.value.message_id);
    if (message && keyOf(message.chat) === room) drawDelivery(message);
    if (!state.verified && update.value.state === "acknowledged") { state.verified = true; drawStatus(); }
  } else if (update.kind === "verified") {
    state.verified = true;
    drawStatus();
  }
  drawTyping();
}

const keyOf = (chat) => chat.kind + ":" + chat.name;

function addChat(chat) {
  const key = keyOf(chat);
  if (!chats.has(key)) chats.set(key, { kind: chat.kind, name: chat.name, unread: 0 });
  return chats.get(key);
}

function addMessage(message) {
  messages.set(message.message_id, message);
  addChat(message.chat);
}

// MARK: drawing

function setStatus(kind, text) {
  byId("dot").className = "dot " + kind;
  byId("status").textContent = text;
}

function drawStatus() {
  if (!state) return;
  if (!state.gateway) setStatus("wait", word("noGateway"));
  else if (!state.verified) setStatus("wait", word("unverified"));
  else setStatus("good", word("ready", word(state.encrypted ? "encrypted" : "plain")));
}

function drawChats() {
  const list = byId("chats");
  list.textContent = "";
  for (const [key, chat] of chats) {
    const button = element("button", "chat" + (key === room ? " open" : ""));
    button.type = "button";
    if (key === room) button.setAttribute("aria-current", "true");
    const avatar = element("span", "avatar " + chat.kind, [...chat.name][0] ?? "?");
    avatar.setAttribute("aria-hidden", "true");
    const about = element("span", "about");
    about.append(element("strong", "", chat.name));
    about.append(element("span", "kind", word(chat.kind === "p2p" ? "private" : "group")));
    button.append(avatar, about);
    if (chat.unread) button.append(element("span", "unread", String(chat.unread)));
    button.addEventListener("click", () => { room = key; chat.unread = 0; drawChats(); drawRoom(); byId("text").focus(); });
    list.append(button);
  }
}

function drawRoom() {
  const list = byId("messages");
  list.textContent = "";
  const own = [...messages.values()].filter((message) => keyOf(message.chat) === room);
  own.sort((a, b) => a.created - b.created);
  for (const message of own) list.append(messageNode(message));
  byId("welcome").hidden = own.length > 0;
  drawTyping();
  scrollDown(true);
}

function drawMessage(message) {
  const follow = isAtEnd() || !message.from_bot;
  const node = messageNode(message);
  const old = byId("m-" + message.message_id);
  if (old) old.replaceWith(node); else byId("messages").append(node);
  byId("welcome").hidden = true;
  drawTyping();
  scrollDown(follow);
}

function messageNode(message) {
  const item = element("li", "message " + (message.from_bot ? "bot" : "person"));
  item.id = "m-" + message.message_id;
  const avatar = element("span", "avatar " + (message.from_bot ? "robot" : "p2p"), message.from_bot ? "AI" : [...message.name][0] ?? "?");
  avatar.setAttribute("aria-hidden", "true");
  const column = element("div", "column");
  const head = element("p", "head");
  head.append(element("strong", "", message.name), element("time", "", clock(message.created)));
  if (message.edited && !message.recalled) head.append(element("span", "edited", word("edited")));
  const bubble = element("div", "bubble");
  const parent = message.parent_id && messages.get(message.parent_id);
  if (parent && !follows(message, parent)) bubble.append(quoteOf(parent));
  bubble.append(message.recalled ? element("p", "recalled", word("recalled")) : contentOf(message));
  column.append(head, bubble);
  if (message.reactions.length) {
    const row = element("p", "reactions");
    for (const emoji of message.reactions) row.append(element("span", "", WORDS[language].emoji[emoji] ?? emoji));
    column.append(row);
  }
  if (!message.from_bot) { const note = element("p", "delivery"); note.id = "d-" + message.message_id; fillDelivery(note, message); column.append(note); }
  item.append(avatar, column);
  return item;
}

/** Whether nothing came between the two, so that a quote would only repeat what is right above. */
function follows(message, parent) {
  return ![...messages.values()].some((other) => other !== parent && other !== message &&
    keyOf(other.chat) === room && other.created >= parent.created && other.created <= message.created);
}

function quoteOf(parent) {
  const text = plain(parent).replace(/\s+/g, " ").slice(0, 60);
  return element("p", "quote", word("replyTo", parent.name) + text + (text.length === 60 ? "…" : ""));
}

function clock(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
}

function drawDelivery(message) {
  const note = byId("d-" + message.message_id);
  if (note) fillDelivery(note, message);
}

function fillDelivery(note, message) {
  const delivery = deliveries.get(message.message_id);
  note.className = "delivery " + (delivery?.state ?? "none");
  if (!delivery) { note.textContent = ""; return; }
  const done = delivery.attempts.find((attempt) => attempt.status === 200);
  const last = delivery.attempts.at(-1);
  const reason = last ? (last.status ?? word("noAnswer")) : "";
  let text = word("sending");
  if (delivery.state === "acknowledged" && done) {
    text = done.repetition ? word("redelivered", done.repetition, done.milliseconds) : word("acknowledged", done.milliseconds);
  } else if (delivery.state === "waiting") {
    text = word("waiting", reason, span((delivery.next_attempt ?? 0) - last.started));
  } else if (delivery.state === "failed") {
    text = word("failed", reason);
  }
  if (delivery.copies > 1) text += " · " + word("copies", delivery.copies);
  note.textContent = text;
}

function span(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 90) return word("seconds", seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds));
  return seconds < 5400 ? word("minutes", Math.round(seconds / 60)) : word("hours", Math.round(seconds / 3600));
}

/** The bot is at work when a message it was told about has no answer after it yet. */
function drawTyping() {
  const own = [...messages.values()].filter((message) => keyOf(message.chat) === room).sort((a, b) => a.created - b.created);
  const waiting = own.findLast((message) => !message.from_bot && deliveries.get(message.message_id)?.state === "acknowledged" && !message.recalled);
  const answered = waiting && own.some((message) => message.from_bot && message.created >= waiting.created);
  const age = waiting ? Date.now() - waiting.created : 0;
  const show = Boolean(waiting) && !answered && age < 300000;
  const follow = isAtEnd();
  byId("typing").hidden = !show;
  clearTimeout(typingTimer);
  if (show) typingTimer = setTimeout(drawTyping, 300000 - age + 1000);
  if (show && follow) scrollDown(true);
}

function isAtEnd() {
  const log = byId("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

/** Shows the newest message from its first line on: a long answer is read from the top. */
function scrollDown(follow) {
  if (!follow) return;
  const log = byId("log");
  const last = byId("messages").lastElementChild;
  log.scrollTop = log.scrollHeight;
  if (last && byId("typing").hidden && last.offsetHeight > log.clientHeight) log.scrollTop = last.offsetTop - 16;
}

// MARK: contents

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}

function plain(message) {
  const content = parse(message.content);
  if (message.type === "text") return mentioned(content?.text ?? "", message);
  if (message.type === "post") { const post = unwrap(content); return post.title || (post.content ?? []).flat().map((node) => node.text ?? "").join(" "); }
  return content?.header?.title?.content ?? word("unsupported", message.type);
}

function mentioned(text, message) {
  const keys = [...(message.mentions ?? [])].sort((a, b) => b.key.length - a.key.length);
  return keys.reduce((result, mention) => result.replaceAll(mention.key, "@" + mention.name), text);
}

const unwrap = (post) => (post && !post.content && (post[language === "en" ? "en_us" : "zh_cn"] ?? Object.values(post)[0])) || post || {};

function contentOf(message) {
  const content = parse(message.content);
  if (!content) return element("p", "", word("unsupported", message.type));
  if (message.type === "text") return folded(textOf(mentioned(content.text ?? "", message)), content.text ?? "", message);
  if (message.type === "post") return postOf(unwrap(content));
  if (message.type === "interactive") return cardOf(content);
  return element("p", "muted", word("unsupported", message.type));
}

/** Plain text; links as Feishu writes them become links. */
function textOf(text) {
  const node = element("div", "text");
  const pattern = /\[([^\]\n]+)\]\((https?:\/\/[^)\s]+)\)|https?:\/\/[^\s<>，。；、）)]+/g;
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    node.append(text.slice(end, found.index));
    appendLink(node, found[1] ?? found[0], found[2] ?? found[0], 6);
    end = found.index + found[0].length;
  }
  node.append(text.slice(end));
  return node;
}

/** Folds what a person pasted when it is long. */
function folded(node, text, message) {
  const lines = text.split("\n").length;
  if (message.from_bot || (lines <= 12 && text.length <= 600)) return node;
  const box = element("div", "folded");
  const button = element("button", "ghost small", word("expand", lines));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const open = box.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? word("collapse") : word("expand", lines);
  });
  box.append(node, button);
  return box;
}

function postOf(post) {
  const box = element("div", "post");
  if (post.title) box.append(element("h3", "title", post.title));
  for (const line of post.content ?? []) {
    if (line.length === 1 && line[0].tag === "md") { box.append(renderMarkdown(line[0].text)); continue; }
    if (line.length === 1 && line[0].tag === "hr") { box.append(element("hr")); continue; }
    if (line.length === 1 && line[0].tag === "code_block") {
      const block = element("pre");
      block.append(element("code", "", line[0].text));
      box.append(block);
      continue;
    }
    const paragraph = element("p");
    for (const node of line) appendNode(paragraph, node);
    box.append(paragraph);
  }
  return box;
}

function appendNode(parent, node) {
  if (node.tag === "a") { appendLink(parent, node.text ?? node.href, node.href ?? "", 6); return; }
  if (node.tag === "at") { parent.append(element("span", "at", "@" + (node.user_name ?? node.user_id ?? ""))); return; }
  if (node.tag === "img" || node.tag === "media") { parent.append(element("span", "muted", word("image"))); return; }
  if (node.tag === "emotion") { parent.append(WORDS[language].emoji[node.emoji_type] ?? node.emoji_type ?? ""); return; }
  const names = { bold: "strong", italic: "em", underline: "u", lineThrough: "s" };
  let inner = document.createTextNode(node.text ?? "");
  for (const style of node.style ?? []) if (names[style]) { const wrap = element(names[style]); wrap.append(inner); inner = wrap; }
  parent.append(inner);
}

const COLOURS = new Set(["blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo", "grey"]);

function cardOf(card) {
  const box = element("div", "card");
  if (card.header?.title) {
    const colour = COLOURS.has(card.header.template) ? card.header.template : "grey";
    const head = element("div", "cardHead " + colour);
    head.append(element("h3", "", card.header.title.content ?? ""));
    if (card.header.subtitle?.content) head.append(element("p", "", card.header.subtitle.content));
    box.append(head);
  }
  const body = element("div", "cardBody");
  appendElements(body, card.body?.elements ?? card.elements ?? [], 0);
  box.append(body);
  return box;
}

function appendElements(parent, list, depth) {
  if (depth > 6 || !Array.isArray(list)) return;
  for (const item of list) {
    switch (item?.tag) {
    case "markdown": parent.append(renderMarkdown(item.content ?? "")); break;
    case "div": case "plain_text": case "lark_md":
      parent.append(renderMarkdown(item.text?.content ?? item.content ?? ""));
      for (const field of item.fields ?? []) parent.append(renderMarkdown(field.text?.content ?? ""));
      break;
    case "hr": parent.append(element("hr")); break;
    case "button": {
      const button = element("button", item.type === "primary" ? "primary small" : "ghost small", item.text?.content ?? "");
      button.type = "button";
      button.disabled = true;
      parent.append(button);
      break;
    }
    case "img": parent.append(element("p", "muted", item.alt?.content || word("image"))); break;
    case "note": { const note = element("div", "note"); appendElements(note, item.elements, depth + 1); parent.append(note); break; }
    case "column_set": {
      const row = element("div", "columns");
      for (const column of item.columns ?? []) { const cell = element("div"); appendElements(cell, column.elements, depth + 1); row.append(cell); }
      parent.append(row);
      break;
    }
    default: appendElements(parent, item?.elements ?? item?.actions ?? [], depth + 1);
    }
  }
}

// MARK: writing

const byteCount = (text) => new TextEncoder().encode(text).length;
const kilobytes = (count) => Math.ceil(count / 102.4) / 10;

function complain(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = !text;
}

function attach(name, text) {
  complain("");
  if (byteCount(text) > LIMIT) { complain(word("tooBig", kilobytes(byteCount(text)))); return; }
  attachment = { name, text };
  byId("fileName").textContent = name;
  byId("fileAbout").textContent = word("bytes", kilobytes(byteCount(text)), text.trimEnd().split("\n").length);
  byId("attachment").hidden = false;
  byId("send").focus();
}

function detach() {
  attachment = null;
  byId("attachment").hidden = true;
  byId("file").value = "";
}

async function takeFile(file) {
  if (!file) return;
  if (!/\.(txt|md|vtt|srt)$/i.test(file.name)) { complain(word("wrongType")); return; }
  if (file.size > LIMIT) { complain(word("tooBig", kilobytes(file.size))); return; }
  attach(file.name, await file.text());
}

async function takeSample() {
  const response = await fetch(`/sample.${language}.txt`);
  if (response.ok) attach(word("sampleName"), await response.text());
}

async function send() {
  const box = byId("text");
  const typed = box.value.trim();
  const text = [typed, attachment?.text.trim()].filter(Boolean).join("\n\n");
  if (!text) return;
  if (byteCount(text) > LIMIT) { complain(word("tooLong", kilobytes(byteCount(text)))); return; }
  const chat = chats.get(room);
  const body = chat.kind === "group" ? { text, group: chat.name } : { text, user: chat.name };
  byId("send").disabled = true;
  try {
    const response = await fetch("/sandbox/messages", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error ?? response.status);
    box.value = "";
    detach();
    complain("");
    grow();
  } catch (error) {
    complain(word("refused", error.message));
  } finally {
    byId("send").disabled = false;
    box.focus();
  }
}

function grow() {
  const box = byId("text");
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, window.innerHeight * 0.3) + "px";
}

function wire() {
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  byId("text").addEventListener("input", grow);
  byId("file").addEventListener("change", (event) => takeFile(event.target.files[0]));
  byId("sample").addEventListener("click", takeSample);
  byId("try").addEventListener("click", takeSample);
  byId("removeFile").addEventListener("click", () => { detach(); byId("text").focus(); });
  byId("language").addEventListener("click", () => {
    language = language === "en" ? "zh-CN" : "en";
    try { localStorage.setItem("language", language); } catch { /* not remembered then */ }
    translatePage();
    if (state) { drawStatus(); drawChats(); drawRoom(); }
  });
  let depth = 0;
  const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => { if (carriesFile(event)) { depth += 1; byId("dropzone").hidden = false; } });
  addEventListener("dragleave", (event) => { if (carriesFile(event) && --depth <= 0) { depth = 0; byId("dropzone").hidden = true; } });
  addEventListener("dragover", (event) => { if (carriesFile(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    byId("dropzone").hidden = true;
    if (!carriesFile(event)) return;
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  });
}

translatePage();
wire();
listen();
