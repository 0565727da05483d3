"use strict";

// The list of chats, the head of the open one, and the sheets that make and manage chats.

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

const appName = (id) => state.apps.find((app) => app.app_id === id)?.name ?? id;

let chatsWait = false;

/** Draws the list in a moment, once for all that happened until then. */
function drawChatsSoon() {
  if (chatsWait) return;
  chatsWait = true;
  setTimeout(() => { chatsWait = false; drawChats(); }, 100);
}

const chatNodes = new Map(); // chat id -> its button in the list

function drawChats() {
  const list = byId("chats");
  const sorted = [...chats.values()].map((chat) => ({ chat, last: messages.get(newest.get(chat.chat_id)) }));
  sorted.sort((a, b) => (b.last?.created ?? 0) - (a.last?.created ?? 0) || (a.chat.kind < b.chat.kind ? 1 : -1));
  for (const [id, node] of chatNodes) if (!chats.has(id)) { node.remove(); chatNodes.delete(id); }
  // What is there stays there: a button put in another's place between press and release would swallow the click.
  sorted.forEach(({ chat, last }, index) => {
    const button = chatNodes.get(chat.chat_id) ?? newChatNode(chat);
    fillChat(button, chat, last);
    if (list.children[index] !== button) list.insertBefore(button, list.children[index] ?? null);
  });
}

function newChatNode(chat) {
  const button = element("button", "chat");
  button.type = "button";
  button.dataset.kind = chat.kind;
  const avatar = element("span", "avatar " + chat.kind);
  avatar.setAttribute("aria-hidden", "true");
  const about = element("span", "about");
  about.append(element("strong"), element("span", "kind"));
  button.append(avatar, about, element("span", "unread"));
  button.addEventListener("click", () => openRoom(chat.chat_id));
  chatNodes.set(chat.chat_id, button);
  return button;
}

function fillChat(button, chat, last) {
  const isOpen = chat.chat_id === room;
  const [avatar, about, unread] = button.children;
  const preview = last ? (last.from_bot || chat.kind === "p2p" ? "" : last.name + "：") + plain(last).replace(/\s+/g, " ").slice(0, 60)
    : chat.kind === "p2p" ? word("private", chat.bots.map(appName).join("、")) : word("group", chat.members.length);
  button.classList.toggle("open", isOpen);
  if (isOpen) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
  avatar.textContent = [...chat.name][0] ?? "?";
  about.children[0].textContent = chat.name;
  about.children[1].textContent = preview;
  unread.textContent = String(chat.unread);
  unread.hidden = !chat.unread;
}

function openRoom(id) {
  const chat = chats.get(id);
  if (!chat) return;
  const isOther = id !== room;
  room = id;
  chat.unread = 0;
  stopComposing();
  drawChats();
  drawRoom();
  chatNodes.get(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  byId("text").focus();
  // Feishu's client tells the bot that somebody opened their chat.
  if (isOther && chat.kind === "p2p") act("POST", "entries", { user: chat.name, app: chat.bots[0] });
}

function drawHead() {
  const chat = chats.get(room);
  if (!chat) return;
  byId("roomName").textContent = chat.name;
  byId("roomAbout").textContent = chat.disbanded ? word("disbanded")
    : chat.kind === "p2p" ? word("private", chat.bots.map(appName).join("、"))
    : word("group", chat.members.length) + (chat.bots.length ? " · " + chat.bots.map(appName).join("、") : "");
  byId("manage").hidden = chat.kind !== "group" || chat.disbanded;
  byId("mention").hidden = chat.kind !== "group";
  const menu = byId("menu");
  menu.textContent = "";
  for (const item of chat.kind === "p2p" ? state.menu : []) {
    const label = language === "en" ? item.english : item.chinese;
    const button = element("button", "ghost small", label);
    button.type = "button";
    button.addEventListener("click", async () => {
      if (await act("POST", "menus", { user: chat.name, event_key: item.event_key, app: chat.bots[0] })) toast("info", word("menuSent", label));
    });
    menu.append(button);
  }
  drawSpeakers(chat);
}

/** Who speaks in the open group. */
function drawSpeakers(chat) {
  const box = byId("speaker");
  box.hidden = chat.kind !== "group";
  if (box.hidden) return;
  const before = box.value;
  box.textContent = "";
  const names = chat.members.map((id) => people.get(id) ?? id);
  if (!names.length) names.push(state.default_user);
  for (const name of names) { const option = element("option", "", name); option.value = name; box.append(option); }
  const other = element("option", "", word("otherSpeaker"));
  other.value = "";
  box.append(other);
  box.value = names.includes(before) ? before : names.includes(state.default_user) ? state.default_user : names[0];
}

// MARK: sheets

let sheetClosed = null;

function showSheet(title, nodes, closed) {
  const sheet = byId("sheet");
  byId("sheetTitle").textContent = title;
  byId("sheetBody").replaceChildren(...nodes);
  sheetClosed = closed ?? null;
  if (!sheet.open) sheet.showModal();
}

function closeSheet() { byId("sheet").close(); }

function labelled(text, node) {
  const label = element("label", "labelled");
  label.append(element("span", "", text), node);
  return label;
}

function action(text, className, run) {
  const button = element("button", className, text);
  button.type = "button";
  button.addEventListener("click", run);
  return button;
}

function rowOf(...nodes) {
  const row = element("div", "row");
  row.append(...nodes);
  return row;
}

const split = (text) => text.split(/[、,，\s]+/).filter(Boolean);

function showNewChat() {
  const name = element("input", "field");
  const app = element("select", "field");
  for (const each of state.apps) { const option = element("option", "", each.name); option.value = each.app_id; app.append(option); }
  const start = async () => {
    if (!name.value.trim()) { name.focus(); return; }
    const made = await act("POST", "entries", { user: name.value.trim(), app: app.value });
    if (made) { closeSheet(); await begin(); openRoom(made.chat_id); }
  };
  const group = element("input", "field");
  const members = element("input", "field");
  members.value = state.default_user;
  const create = async () => {
    if (!group.value.trim()) { group.focus(); return; }
    const names = split(members.value);
    const made = await act("POST", "chats", { name: group.value.trim(), members: names, user: names[0] ?? state.default_user });
    if (made) { closeSheet(); await begin(); openRoom(made.chat_id); }
  };
  showSheet(word("newChat"), [
    element("h3", "", word("newPrivate")), labelled(word("personName"), name), labelled(word("withBot"), app),
    rowOf(action(word("start"), "primary small", start)),
    element("h3", "", word("newGroup")), labelled(word("groupNameLabel"), group), labelled(word("groupMembers"), members),
    rowOf(action(word("create"), "primary small", create)),
    rowOf(action(word("close"), "ghost small", closeSheet)),
  ]);
}

function showManage() {
  const chat = chats.get(room);
  const by = actor();
  const again = async (method, path, body) => { if (await act(method, path, { user: by, ...body })) { await begin(); showManage(); } };
  const name = element("input", "field");
  name.value = chat.name;
  const added = element("input", "field");
  const list = element("ul", "people");
  for (const id of chat.members) {
    const who = people.get(id) ?? id;
    const item = element("li", "", who);
    item.append(action(word("leave"), "ghost small", () => again("POST", `chats/${chat.chat_id}/members`, { remove: [who] })));
    list.append(item);
  }
  const bots = state.apps.map((app) => {
    const isIn = chat.bots.includes(app.app_id);
    const item = element("li", "", app.name);
    item.append(action(word(isIn ? "leave" : "add"), "ghost small", () => again("POST", `chats/${chat.chat_id}/bot`, { app: app.app_id, member: !isIn })));
    return item;
  });
  const botList = element("ul", "people");
  botList.append(...bots);
  showSheet(word("manage"), [
    labelled(word("groupNameLabel"), name), rowOf(action(word("rename"), "ghost small", () => again("PATCH", `chats/${chat.chat_id}`, { name: name.value.trim() }))),
    element("h3", "", word("members")), list,
    labelled(word("addMember"), added), rowOf(action(word("add"), "ghost small", () => added.value.trim() && again("POST", `chats/${chat.chat_id}/members`, { add: split(added.value) }))),
    element("h3", "", word("bots")), botList,
    rowOf(action(word("disband"), "danger small", async () => { await act("DELETE", `chats/${chat.chat_id}`, { user: by }); closeSheet(); }),
      action(word("close"), "ghost small", closeSheet)),
  ]);
}

function showOtherSpeaker() {
  const name = element("input", "field");
  const join = async () => {
    if (!name.value.trim()) { name.focus(); return; }
    const who = name.value.trim();
    if (await act("POST", `chats/${room}/members`, { user: state.default_user, add: [who] })) { closeSheet(); await begin(); byId("speaker").value = who; }
  };
  showSheet(word("addMember"), [labelled(word("personName"), name), rowOf(action(word("add"), "primary small", join), action(word("cancel"), "ghost small", closeSheet))]);
}
