"use strict";

// Draws cards of schema 2.0 and 1.0 and tells the cloud what people do with them.

const COLOURS = new Set(["blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo", "grey"]);
const ACTIVE = new Set(["button", "input", "select_static", "multi_select_static", "select_person", "multi_select_person",
  "date_picker", "picker_time", "picker_datetime", "select_img", "checker", "overflow", "interactive_container"]);

const isStreaming = (message) => Boolean(message.streams_until) && message.streams_until > Date.now();

function cardOf(card, message) {
  const box = element("div", "card");
  if (card.type === "template") {
    box.append(element("p", "cardBody muted", word("template", card.data?.template_id ?? "")));
    return box;
  }
  if (card.header?.title) {
    const colour = COLOURS.has(card.header.template) ? card.header.template : "grey";
    const head = element("div", "cardHead " + colour);
    const title = element("h3", "", card.header.title.content ?? "");
    for (const tag of card.header.text_tag_list ?? []) title.append(element("span", "tag", tag.text?.content ?? ""));
    head.append(title);
    if (card.header.subtitle?.content) head.append(element("p", "", card.header.subtitle.content));
    box.append(head);
  }
  const body = element("div", "cardBody");
  // Counts the components people act on in the order of the card: that is how the cloud is told which.
  const context = { message, index: 0, form: null, pace: paceOf(card) };
  appendElements(body, card.body?.elements ?? card.elements ?? [], context, 0);
  box.append(body);
  return box;
}

function appendElements(parent, list, context, depth) {
  if (depth > 8 || !Array.isArray(list)) return;
  for (const item of list) {
    if (!item?.tag) continue;
    const index = ACTIVE.has(item.tag) ? context.index++ : -1;
    const draw = ELEMENTS[item.tag];
    if (draw) draw(parent, item, context, depth + 1, index);
    else appendElements(parent, item.elements ?? item.columns ?? item.actions ?? [], context, depth + 1);
  }
}

/** A text that may be streamed into. */
function textNode(item, context) {
  const content = item.content ?? "";
  const node = !item.element_id ? (item.tag === "plain_text" ? element("p", "", content) : renderMarkdown(content))
    : typedNode(context.message.message_id + "/" + item.element_id, content, isStreaming(context.message), context.pace);
  if (item.text_size === "notation") node.classList.add("notation");
  return node;
}

const ELEMENTS = {
  markdown: (parent, item, context) => parent.append(textNode(item, context)),
  plain_text: (parent, item, context) => parent.append(textNode(item, context)),
  lark_md: (parent, item, context) => parent.append(textNode(item, context)),
  div: (parent, item, context) => {
    if (item.text) parent.append(textNode(item.text, context));
    for (const field of item.fields ?? []) parent.append(renderMarkdown(field.text?.content ?? ""));
  },
  hr: (parent) => parent.append(element("hr")),
  img: (parent, item) => parent.append(pictureOf(item.img_key, item.alt?.content)),
  person: (parent, item) => parent.append(element("span", "at", "@" + (people.get(item.user_id) ?? item.user_id ?? ""))),
  note: (parent, item, context, depth) => {
    const note = element("div", "note");
    appendElements(note, item.elements, context, depth);
    parent.append(note);
  },
  column_set: (parent, item, context, depth) => {
    const row = element("div", "columns" + (item.background_style && item.background_style !== "default" ? " shaded" : ""));
    for (const column of item.columns ?? []) {
      const cell = element("div", "column" + (column.width === "auto" ? " auto" : ""));
      if (column.width === "weighted") cell.style.flexGrow = String(Math.min(5, Math.max(1, Number(column.weight) || 1)));
      appendElements(cell, column.elements, context, depth);
      row.append(cell);
    }
    parent.append(row);
  },
  collapsible_panel: (parent, item, context, depth) => {
    const panel = element("details", "panel");
    panel.open = item.expanded === true;
    panel.append(element("summary", "", item.header?.title?.content ?? ""));
    appendElements(panel, item.elements, context, depth);
    parent.append(panel);
  },
  interactive_container: (parent, item, context, depth, index) => {
    const box = element("div", "container");
    box.tabIndex = 0;
    box.setAttribute("role", "button");
    appendElements(box, item.elements, context, depth);
    box.addEventListener("click", (event) => { if (event.target.closest("button, input, select, textarea, a") === null) press(item, index, context, box); });
    parent.append(box);
  },
  form: (parent, item, context, depth) => {
    const form = element("div", "cardForm");
    const outer = context.form;
    context.form = { values: new Map(), node: form };
    appendElements(form, item.elements, context, depth);
    context.form = outer;
    parent.append(form);
  },
  table: (parent, item) => {
    const table = element("table");
    const head = element("tr");
    for (const column of item.columns ?? []) head.append(element("th", "", column.display_name ?? column.name ?? ""));
    table.append(head);
    for (const row of item.rows ?? []) {
      const line = element("tr");
      for (const column of item.columns ?? []) {
        const value = row[column.name];
        line.append(element("td", "", typeof value === "object" ? [value].flat().map((part) => part?.text ?? "").join(" ") : String(value ?? "")));
      }
      table.append(line);
    }
    const scroll = element("div", "table");
    scroll.append(table);
    parent.append(scroll);
  },
  button: (parent, item, context, depth, index) => {
    const kind = /primary/.test(item.type) ? "primary" : /danger/.test(item.type) ? "danger" : "ghost";
    const button = element("button", kind + " small", item.text?.content ?? "");
    button.type = "button";
    button.disabled = item.disabled === true;
    const form = context.form;
    button.addEventListener("click", () => press(item, index, context, button, form));
    parent.append(button);
  },
  input: (parent, item, context, depth, index) => {
    const many = item.input_type === "multiline_text";
    const box = element(many ? "textarea" : "input", "field");
    if (!many) box.type = item.input_type === "password" ? "password" : "text";
    box.value = item.default_value ?? "";
    box.placeholder = item.placeholder?.content ?? "";
    if (item.max_length) box.maxLength = item.max_length;
    field(parent, item, context, index, box, () => box.value, (value) => ({ input_value: value }));
  },
  select_static: (parent, item, context, depth, index) => selectOf(parent, item, context, index, false),
  multi_select_static: (parent, item, context, depth, index) => selectOf(parent, item, context, index, true),
  select_person: (parent, item, context, depth, index) => selectOf(parent, { ...item, options: personOptions(item) }, context, index, false),
  multi_select_person: (parent, item, context, depth, index) => selectOf(parent, { ...item, options: personOptions(item) }, context, index, true),
  overflow: (parent, item, context, depth, index) => selectOf(parent, item, context, index, false),
  date_picker: (parent, item, context, depth, index) => pickerOf(parent, item, context, index, "date", item.initial_date),
  picker_time: (parent, item, context, depth, index) => pickerOf(parent, item, context, index, "time", item.initial_time),
  picker_datetime: (parent, item, context, depth, index) => pickerOf(parent, item, context, index, "datetime-local", item.initial_datetime),
  checker: (parent, item, context, depth, index) => {
    const box = element("input");
    box.type = "checkbox";
    box.checked = item.checked === true;
    const label = element("label", "check");
    label.append(box, element("span", "", item.text?.content ?? ""));
    parent.append(label);
    hold(item, context, index, box, () => box.checked, (value) => ({ checked: value }));
  },
};

const personOptions = (item) => (item.options ?? [...people.keys()].map((id) => ({ value: id })))
  .map((option) => ({ value: option.value, text: { content: people.get(option.value) ?? option.value } }));

function selectOf(parent, item, context, index, isMany) {
  const box = element("select", "field");
  box.multiple = isMany;
  if (!isMany) {
    const first = element("option", "", item.placeholder?.content ?? word("choose"));
    first.value = "";
    box.append(first);
  }
  const chosen = new Set(isMany ? item.selected_values ?? [] : [item.initial_option]);
  for (const option of item.options ?? []) {
    const node = element("option", "", option.text?.content ?? option.value);
    node.value = option.value;
    node.selected = chosen.has(option.value);
    box.append(node);
  }
  const read = () => isMany ? [...box.selectedOptions].map((option) => option.value) : box.value;
  field(parent, item, context, index, box, read, (value) => isMany ? { options: value } : { option: value });
}

function pickerOf(parent, item, context, index, type, initial) {
  const box = element("input", "field");
  box.type = type;
  box.value = (initial ?? "").replace(" ", type === "datetime-local" ? "T" : " ").slice(0, type === "date" ? 10 : 16);
  field(parent, item, context, index, box, () => box.value && box.value.replace("T", " ") + " +0800", (value) => ({ option: value }));
}

/** A field with its label. */
function field(parent, item, context, index, box, read, say) {
  const label = element("label", "labelled");
  label.append(element("span", "", item.label?.content ?? item.placeholder?.content ?? item.name ?? ""), box);
  box.disabled = item.disabled === true;
  parent.append(label);
  hold(item, context, index, box, read, say);
}

/** In a form a value waits for the submit button; elsewhere its change is told at once. */
function hold(item, context, index, box, read, say) {
  if (context.form) { context.form.values.set(item.name, { read, required: item.required === true, box }); return; }
  box.addEventListener("change", () => click(context.message, { index, ...say(read()) }, box));
}

async function press(item, index, context, node, form) {
  if (item.confirm && !await confirmed(item.confirm)) return;
  const link = (item.behaviors ?? []).find((behaviour) => behaviour.type === "open_url")?.default_url ?? item.url;
  if (link && /^https?:\/\//i.test(link)) open(link, "_blank", "noopener");
  if (item.form_action_type === "reset") { for (const entry of form?.values.values() ?? []) entry.box.value = ""; return; }
  const what = { index };
  if (form) {
    for (const entry of form.values.values()) {
      entry.box.classList.toggle("missing", entry.required && !entry.read().length);
      if (entry.required && !entry.read().length) { entry.box.focus(); return; }
    }
    what.form_value = Object.fromEntries([...form.values].map(([name, entry]) => [name, entry.read()]));
  }
  if (link && !(item.behaviors ?? []).some((behaviour) => behaviour.type === "callback")) return;
  await click(context.message, what, node);
}

/** Tells the cloud and shows what came of it: a toast, or the error as Feishu shows it. */
async function click(message, what, node) {
  node.classList.add("busy");
  if ("disabled" in node) node.disabled = true;
  const outcome = await act("POST", `messages/${message.message_id}/clicks`, { user: actor(), ...what });
  node.classList.remove("busy");
  if ("disabled" in node) node.disabled = false;
  if (!outcome) return;
  if (outcome.error) { toast("error", word("cardError", outcome.error)); return; }
  const words = outcome.toast?.i18n?.[language === "en" ? "en_us" : "zh_cn"] ?? outcome.toast?.content;
  if (words) toast(outcome.toast.type ?? "info", words);
}

function confirmed(confirm) {
  return new Promise((resolve) => {
    const text = element("p", "", confirm.text?.content ?? "");
    const row = element("div", "row");
    const yes = element("button", "primary", word("confirm"));
    const no = element("button", "ghost", word("cancel"));
    row.append(no, yes);
    showSheet(confirm.title?.content ?? "", [text, row], () => resolve(false));
    yes.addEventListener("click", () => { resolve(true); closeSheet(); });
    no.addEventListener("click", closeSheet);
  });
}

/** New text for one element of a card that is shown. */
function streamText(update) {
  const message = messages.get(update.message_id);
  if (!message) return;
  const card = parse(message.content);
  const part = card && findElement(card.body, update.element_id);
  if (part) { part.content = update.content; message.content = JSON.stringify(card); }
  if (message.chat_id === room && !typeText(update.message_id + "/" + update.element_id, update.content)) drawMessage(message);
}

function findElement(value, id) {
  if (!value || typeof value !== "object") return null;
  if (value.element_id === id) return value;
  for (const part of Object.values(value)) { const found = findElement(part, id); if (found) return found; }
  return null;
}
