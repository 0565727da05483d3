"use strict";

/**
 * A small Markdown renderer. It only ever makes elements and text nodes, so nothing a bot writes can become markup:
 * headings, paragraphs, lists (nested, tasks), quotes, rules, tables, fenced code; bold, italic, strike, code, links;
 * escapes and entities.
 */
function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const INLINE = /(`+)(.+?)\1|\*\*((?:\\.|[^\\])+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\s][^*]*?)\*|\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)|<at\s+(?:id|user_id)="?([^">]*)"?>([^<]*)<\/at>|<br\s*\/?>|<(font|text_tag)\s+color=['"]?([a-z]+)[^>]*>(.*?)<\/\11>|<person\s+id=['"]?([^'" >]+)[^>]*>(?:<\/person>)?|\\([!-\/:-@[-`{-~])|&(lt|gt|amp|#\d{1,7});/;

function appendInline(parent, text, depth = 0) {
  let rest = text;
  while (rest) {
    const found = depth < 6 ? INLINE.exec(rest) : null;
    if (!found) { parent.append(rest); return; }
    if (found.index > 0) parent.append(rest.slice(0, found.index));
    rest = rest.slice(found.index + found[0].length);
    if (found[2] !== undefined) parent.append(element("code", "", found[2]));
    else if (found[3] ?? found[4]) appendChild(parent, "strong", found[3] ?? found[4], depth);
    else if (found[5]) appendChild(parent, "s", found[5], depth);
    else if (found[6]) appendChild(parent, "em", found[6], depth);
    else if (found[7]) appendLink(parent, found[7], found[8], depth);
    else if (found[9] !== undefined) parent.append(element("span", "at", "@" + (found[10] || nameOf(found[9]))));
    else if (found[11]) appendChild(parent, "span", found[13], depth, (found[11] === "font" ? "tone-" : "tagged tone-") + found[12]);
    else if (found[14]) parent.append(element("span", "at", "@" + nameOf(found[14])));
    else if (found[15]) parent.append(found[15]);
    else if (found[16]) parent.append(characterOf(found[16]));
    else parent.append(element("br"));
  }
}

/** What an entity stands for. */
function characterOf(name) {
  const code = name.startsWith("#") ? Number(name.slice(1)) : 0;
  return { lt: "<", gt: ">", amp: "&" }[name] ?? (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "");
}

/** Who has this open id, as far as the page knows. */
const nameOf = (id) => id === "all" ? word("everybody") : people.get(id) ?? id;

function appendChild(parent, name, text, depth, className) {
  const node = element(name, className);
  appendInline(node, text, depth + 1);
  parent.append(node);
}

/** Only web and mail addresses become links; anything else stays text. */
function appendLink(parent, label, address, depth = 0) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) { parent.append(`${label} (${address})`); return; }
  const link = element("a");
  // The tenant that the sandbox plays has no host of its own: its minutes and documents are pages here.
  link.href = address.replace(/^https:\/\/sandbox\.feishu\.cn(?=\/(minutes|docx)\/)/i, "");
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  appendInline(link, label, depth + 1);
  parent.append(link);
}

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)、])\s+(.*)$/;

function renderMarkdown(source) {
  const root = element("div", "markdown");
  const lines = String(source).replace(/\r\n?/g, "\n").split("\n");
  let index = 0;
  while (index < lines.length) {
    const line = lines[index];
    if (!line.trim()) { index += 1; continue; }
    const fence = /^\s*(```+|~~~+)\s*(\S*)/.exec(line);
    if (fence) { index = renderFence(root, lines, index, fence[1]); continue; }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (heading) {
      const node = element("h" + Math.min(6, heading[1].length + 2), "md" + heading[1].length);
      appendInline(node, heading[2]);
      root.append(node);
      index += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      root.append(element("hr"));
      index += 1;
    } else if (ITEM.test(line)) {
      index = renderList(root, lines, index);
    } else if (/^\s*>/.test(line)) {
      index = renderQuote(root, lines, index);
    } else if (line.includes("|") && /^[\s|:-]+$/.test(lines[index + 1] ?? "") && (lines[index + 1] ?? "").includes("-")) {
      index = renderTable(root, lines, index);
    } else {
      index = renderParagraph(root, lines, index);
    }
  }
  return root;
}

function renderFence(root, lines, start, fence) {
  let index = start + 1;
  const code = [];
  while (index < lines.length && !lines[index].trim().startsWith(fence)) code.push(lines[index++]);
  const block = element("pre");
  block.append(element("code", "", code.join("\n")));
  root.append(block);
  return index + 1;
}

function renderParagraph(root, lines, start) {
  let index = start;
  const node = element("p");
  while (index < lines.length && lines[index].trim() && !/^(#{1,6}\s|\s*>|\s*```)/.test(lines[index]) && !ITEM.test(lines[index])) {
    if (index > start) node.append(element("br"));
    appendInline(node, lines[index].trim());
    index += 1;
  }
  root.append(node);
  return index === start ? start + 1 : index;
}

function renderQuote(root, lines, start) {
  let index = start;
  const inner = [];
  while (index < lines.length && /^\s*>/.test(lines[index])) inner.push(lines[index++].replace(/^\s*>\s?/, ""));
  const quote = element("blockquote");
  for (const text of inner) { const line = element("p"); appendInline(line, text); quote.append(line); }
  root.append(quote);
  return index;
}

function renderList(root, lines, start) {
  let index = start;
  const open = [];
  while (index < lines.length) {
    const item = ITEM.exec(lines[index]);
    if (!item) {
      // An indented line goes on with the item above; anything else ends the list.
      const last = open.at(-1)?.list.lastElementChild;
      if (!lines[index].trim() || !/^\s{2,}/.test(lines[index]) || !last) break;
      last.append(element("br"));
      appendInline(last, lines[index].trim());
      index += 1;
      continue;
    }
    const indent = item[1].replace(/\t/g, "    ").length;
    while (open.length && open.at(-1).indent > indent) open.pop();
    if (!open.length || open.at(-1).indent < indent) {
      const list = element(/\d/.test(item[2]) ? "ol" : "ul");
      if (/\d/.test(item[2])) list.start = parseInt(item[2], 10);
      (open.at(-1)?.list.lastElementChild ?? root).append(list);
      open.push({ indent, list });
    }
    const node = element("li");
    const task = /^\[([ xX])\]\s+(.*)$/.exec(item[3]);
    if (task) {
      node.className = "task";
      node.append(element("span", task[1] === " " ? "box" : "box done", task[1] === " " ? "" : "✓"));
    }
    appendInline(node, task ? task[2] : item[3]);
    open.at(-1).list.append(node);
    index += 1;
  }
  return index;
}

function renderTable(root, lines, start) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const table = element("table");
  const addRow = (parent, line, name) => {
    const row = element("tr");
    for (const cell of cells(line)) { const node = element(name); appendInline(node, cell); row.append(node); }
    parent.append(row);
  };
  const head = element("thead");
  const body = element("tbody");
  addRow(head, lines[start], "th");
  let index = start + 2;
  while (index < lines.length && lines[index].includes("|")) addRow(body, lines[index++], "td");
  table.append(head, body);
  const scroll = element("div", "table");
  scroll.append(table);
  root.append(scroll);
  return index;
}
