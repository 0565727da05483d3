"use strict";

// The picker that opens on "@" in a group.

let picked = []; // { name, id } of mentions in the text box

/** Whom the open group lets one mention. */
function mentionable() {
  const chat = chats.get(room);
  if (chat?.kind !== "group") return [];
  const bots = state.apps.filter((app) => chat.bots.includes(app.app_id)).map((app) => ({ name: app.name, id: app.open_id }));
  const members = chat.members.map((id) => ({ name: people.get(id) ?? id, id })).filter((person) => person.name !== actor());
  return [...bots, ...members, { name: word("everybody"), id: "all" }];
}

/** What was typed after the last "@" before the cursor; null when there is none. */
function mentionQuery() {
  const box = byId("text");
  return /(?:^|[\s，。,])@([^\s@]{0,20})$/.exec(box.value.slice(0, box.selectionStart))?.[1] ?? null;
}

function drawPicker() {
  const picker = byId("picker");
  const query = mentionQuery();
  const found = query === null ? [] : mentionable().filter((each) => each.name.toLowerCase().includes(query.toLowerCase())).slice(0, 8);
  picker.hidden = !found.length;
  picker.textContent = "";
  found.forEach((each, index) => {
    const item = element("li", index === 0 ? "chosen" : "", each.name);
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === 0));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(each, query); });
    item.pick = () => pick(each, query);
    picker.append(item);
  });
}

function pick(each, query) {
  const box = byId("text");
  const start = box.selectionStart - query.length;
  box.setRangeText(each.name + " ", start, box.selectionStart, "end");
  picked.push(each);
  byId("picker").hidden = true;
  box.focus();
}

/** Moves in the open picker or takes from it; whether the key was used. */
function pickerKey(event) {
  const picker = byId("picker");
  if (picker.hidden) return false;
  const items = [...picker.children];
  const at = items.findIndex((item) => item.classList.contains("chosen"));
  if (event.key === "Enter" || event.key === "Tab") { items[at]?.pick(); return true; }
  if (event.key === "Escape") { picker.hidden = true; return true; }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
  const next = (at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
  items.forEach((item, index) => {
    item.classList.toggle("chosen", index === next);
    item.setAttribute("aria-selected", String(index === next));
  });
  return true;
}

/** The text with its picked mentions as the cloud takes them. */
function addressed(text) {
  let result = text;
  const sorted = [...new Map(picked.map((each) => [each.id, each])).values()].sort((a, b) => b.name.length - a.name.length);
  for (const each of sorted) result = result.replaceAll("@" + each.name, `<at user_id="${each.id}">${each.name.replaceAll("<", "")}</at>`);
  return result;
}
