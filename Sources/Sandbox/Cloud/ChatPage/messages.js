"use strict";

// Draws the open chat: messages with quotes, threads, reactions, deliveries, and what can be done with each.

const QUICK = ["THUMBSUP", "OK", "DONE", "HEART", "CLAP", "ThumbsDown"];
let typingTimer = 0;
let streamTimer = 0;

function drawRoom() {
  const list = byId("messages");
  list.textContent = "";
  const own = ownMessages();
  for (const message of own) place(list, message);
  byId("welcome").hidden = own.length > 0;
  drawHead();
  drawTyping();
  scrollDown(true);
}

/** Puts a message at its place: one in a thread under the message the thread hangs on. */
function place(list, message) {
  const node = messageNode(message);
  const root = message.thread_id && message.root_id && message.root_id !== message.message_id && byId("t-" + message.root_id);
  if (root) { root.hidden = false; root.querySelector("ol").append(node); countThread(root); } else list.append(node);
}

function countThread(root) {
  root.querySelector(".threadHead span").textContent = word("thread", root.querySelectorAll("li.message").length);
}

function drawMessage(message) {
  const follow = isAtEnd() || !message.from_bot;
  const old = byId("m-" + message.message_id);
  if (old) {
    const thread = byId("t-" + message.message_id);
    const node = messageNode(message);
    old.replaceWith(node);
    const fresh = byId("t-" + message.message_id);
    if (thread && fresh && !thread.hidden) fresh.replaceWith(thread);
  } else {
    place(byId("messages"), message);
  }
  byId("welcome").hidden = true;
  drawTyping();
  scrollDown(follow && !old?.contains(document.activeElement), !old);
  watchStreaming();
}

/** Draws the card that closes itself again when its time is up. */
function watchStreaming() {
  clearTimeout(streamTimer);
  const open = ownMessages().filter(isStreaming);
  if (!open.length) return;
  const next = Math.min(...open.map((message) => message.streams_until));
  streamTimer = setTimeout(() => { for (const message of open) drawMessage(message); drawChats(); }, Math.max(500, next - Date.now() + 200));
}

function messageNode(message) {
  const isOwn = !message.from_bot && message.name === actor();
  const item = element("li", "message " + (message.from_bot ? "bot" : "person") + (isOwn ? " own" : ""));
  item.id = "m-" + message.message_id;
  const avatar = element("span", "avatar " + (message.from_bot ? "robot" : "p2p"), message.from_bot ? "AI" : [...message.name][0] ?? "?");
  avatar.setAttribute("aria-hidden", "true");
  const column = element("div", "column");
  const head = element("p", "head");
  head.append(element("strong", "", message.name), element("time", "", clock(message.created)));
  if (message.edited && !message.recalled) head.append(element("span", "edited", word("edited")));
  const line = element("div", "line");
  const bubble = element("div", "bubble" + (isStreaming(message) ? " streaming" : ""));
  const parent = message.parent_id && messages.get(message.parent_id);
  if (parent && !message.thread_id && !follows(message, parent)) bubble.append(quoteOf(parent));
  bubble.append(message.recalled ? element("p", "recalled", word("recalled")) : contentOf(message));
  line.append(bubble);
  if (!message.recalled) line.append(moreButton(message));
  column.append(head, line);
  if (message.reactions.length && !message.recalled) column.append(reactionsOf(message));
  if (!message.from_bot) { const note = element("p", "delivery"); note.id = "d-" + message.message_id; fillDelivery(note, message); column.append(note); }
  if (!message.root_id || message.root_id === message.message_id || !message.thread_id) column.append(threadOf(message));
  item.append(avatar, column);
  return item;
}

/** The place for a message's thread, shown once there is one. */
function threadOf(message) {
  const box = element("section", "thread");
  box.id = "t-" + message.message_id;
  box.hidden = true;
  const head = element("p", "threadHead");
  const answer = element("button", "ghost small", word("replyThread"));
  answer.type = "button";
  answer.addEventListener("click", () => startReply(message, true));
  head.append(element("span"), answer);
  box.append(head, element("ol", "messages"));
  return box;
}

function reactionsOf(message) {
  const row = element("p", "reactions");
  const kinds = new Map();
  for (const reaction of message.reactions) kinds.set(reaction.emoji, [...kinds.get(reaction.emoji) ?? [], reaction.by]);
  for (const [emoji, by] of kinds) {
    const chip = element("button", "chip" + (by.includes(actor()) ? " own" : ""), emojiWord(emoji) + (by.length > 1 ? " " + by.length : ""));
    chip.type = "button";
    chip.title = by.join("、");
    chip.addEventListener("click", () => react(message, emoji));
    row.append(chip);
  }
  return row;
}

function react(message, emoji) {
  const own = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.by === actor());
  act("POST", `messages/${message.message_id}/reactions`, { user: actor(), emoji, added: !own });
}

// MARK: what can be done with a message

function moreButton(message) {
  const button = element("button", "more", "⋯");
  button.type = "button";
  button.setAttribute("aria-label", word("more"));
  button.setAttribute("aria-haspopup", "menu");
  button.addEventListener("click", (event) => { event.stopPropagation(); openMenu(button, message); });
  return button;
}

function openMenu(button, message) {
  const isOpen = button.nextElementSibling?.classList.contains("popup");
  closeMenus();
  if (isOpen) return;
  const menu = element("div", "popup");
  menu.setAttribute("role", "menu");
  const row = element("div", "quick");
  for (const emoji of QUICK) row.append(menuItem(emojiWord(emoji), () => react(message, emoji)));
  menu.append(row);
  menu.append(menuItem(word("reply"), () => startReply(message, false)), menuItem(word("inThread"), () => startReply(message, true)));
  menu.append(menuItem(word("forward"), () => act("POST", "forwards", { user: actor(), message_ids: [message.message_id] })));
  menu.append(menuItem(word("copy"), () => navigator.clipboard?.writeText(plain(message)).then(() => toast("info", word("copied")), () => {})));
  const isOwn = !message.from_bot && message.name === actor();
  if (isOwn && message.type === "text") menu.append(menuItem(word("edit"), () => startEdit(message)));
  const owns = chats.get(room)?.owner && people.get(chats.get(room).owner) === actor();
  if (isOwn || owns) menu.append(menuItem(word("recall"), () => act("POST", `messages/${message.message_id}/recall`, { user: actor() })));
  button.after(menu);
  if (menu.getBoundingClientRect().bottom > byId("log").getBoundingClientRect().bottom) menu.classList.add("up");
  menu.querySelector("button").focus();
}

function menuItem(text, action) {
  const item = element("button", "item", text);
  item.type = "button";
  item.setAttribute("role", "menuitem");
  item.addEventListener("click", () => { closeMenus(); action(); });
  return item;
}

function closeMenus() {
  for (const menu of document.querySelectorAll(".popup")) menu.remove();
}

// MARK: around the content

/** Whether nothing came between the two, so that a quote would only repeat what is right above. */
function follows(message, parent) {
  return ![...messages.values()].some((other) => other !== parent && other !== message &&
    other.chat_id === message.chat_id && other.created >= parent.created && other.created <= message.created);
}

function quoteOf(parent) {
  const text = plain(parent).replace(/\s+/g, " ").slice(0, 60);
  const quote = element("button", "quote", word("replyTo", parent.name) + text + (text.length === 60 ? "…" : ""));
  quote.type = "button";
  quote.addEventListener("click", () => byId("m-" + parent.message_id)?.scrollIntoView({ block: "center" }));
  return quote;
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
  if (!delivery) { note.textContent = chats.get(message.chat_id)?.kind === "group" ? word("untold") : ""; return; }
  const done = delivery.attempts.find((attempt) => attempt.status === 200);
  const last = delivery.attempts.at(-1);
  const reason = last ? (last.status ?? word("noAnswer")) : "";
  let text = state.gateway ? word("sending") : "";
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
  const own = ownMessages();
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

/** Shows the newest message; with `fromTop` from its first line on, since a long answer is read from the top. */
function scrollDown(follow, fromTop = true) {
  if (!follow) return;
  const log = byId("log");
  const last = byId("messages").lastElementChild;
  log.scrollTop = log.scrollHeight;
  if (fromTop && last && byId("typing").hidden && last.offsetHeight > log.clientHeight && !last.querySelector(".streaming")) log.scrollTop = last.offsetTop - 16;
}
