"use strict";

// Draws what messages hold. Everything is made of elements and text nodes: nothing a bot or person writes is markup.

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}

/** A message in one line. */
function plain(message) {
  if (message.recalled) return word("recalled");
  const content = parse(message.content);
  switch (message.type) {
  case "text": return mentioned(content?.text ?? "", message);
  case "post": { const post = unwrap(content); return post.title || (post.content ?? []).flat().map((node) => node.text ?? "").join(" ").replace(/[*#`|>]+/g, " "); }
  case "interactive":
    if (isStreaming(message)) return content?.config?.summary?.content || word("generating");
    return content?.config?.summary?.content || content?.header?.title?.content || firstText(content?.body?.elements ?? content?.elements) || `[${word("cardWord")}]`;
  case "file": case "media": return `[${word(message.type)}] ${content?.file_name ?? ""}`;
  case "image": case "audio": return `[${word(message.type)}]`;
  case "merge_forward": return `[${word("forwarded")}]`;
  default: return word("unsupported", message.type);
  }
}

function firstText(elements) {
  for (const item of elements ?? []) {
    const text = typeof item.content === "string" ? item.content : firstText(item.elements ?? item.columns);
    if (text) return text.replace(/<\/?[a-z_]+[^>]*>/g, "").replace(/[*#`|>]+/g, " ").trim();
  }
  return "";
}

function mentioned(text, message) {
  const keys = [...(message.mentions ?? [])].sort((a, b) => b.key.length - a.key.length);
  const named = keys.reduce((result, mention) => result.replaceAll(mention.key, "@" + mention.name), text);
  return named.replaceAll("@_all", "@" + word("everybody"));
}

const unwrap = (post) => (post && !post.content && (post[language === "en" ? "en_us" : "zh_cn"] ?? Object.values(post)[0])) || post || {};

function contentOf(message) {
  const content = parse(message.content);
  if (message.type === "merge_forward") return forwardOf(message);
  if (!content) return element("p", "", word("unsupported", message.type));
  switch (message.type) {
  case "text": return folded(textOf(content.text ?? "", message), content.text ?? "", message);
  case "post": return postOf(unwrap(content), message);
  case "interactive": return cardOf(content, message);
  case "image": return pictureOf(content.image_key);
  case "file": return fileOf(content.file_key, content.file_name);
  case "audio": return soundOf(content.file_key, "audio");
  case "media": return soundOf(content.file_key, "video");
  case "share_user": return element("p", "at", "@" + (people.get(content.user_id) ?? content.user_id));
  default: return element("p", "muted", word("unsupported", message.type));
  }
}

const resourceURL = (key) => "/sandbox/resources/" + encodeURIComponent(key ?? "");

function pictureOf(key, alternative) {
  const image = element("img", "picture");
  image.alt = alternative || word("image");
  image.loading = "lazy";
  image.addEventListener("error", () => image.replaceWith(element("span", "muted", `[${image.alt}]`)));
  image.src = resourceURL(key);
  return image;
}

function fileOf(key, name) {
  const link = element("a", "fileCard");
  link.href = resourceURL(key);
  link.download = name ?? "";
  const about = element("span", "about");
  about.append(element("strong", "", name || word("file")), element("span", "", word("download")));
  const paper = element("span", "paper");
  paper.setAttribute("aria-hidden", "true");
  link.append(paper, about);
  return link;
}

function soundOf(key, kind) {
  const player = element(kind, "player");
  player.controls = true;
  player.preload = "metadata";
  player.src = resourceURL(key);
  return player;
}

function forwardOf(message) {
  const box = element("div", "forward");
  box.append(element("strong", "", word("forwarded")));
  for (const child of message.children ?? []) box.append(element("p", "", `${child.name}：${plain(child).slice(0, 120)}`));
  return box;
}

const LINKS = /\[([^\]\n]+)\]\((https?:\/\/[^)\s]+)\)|https?:\/\/[^\s<>，。；、）)]+/;

/** Plain text; links as Feishu writes them become links, keys of mentions the names. */
function textOf(text, message) {
  const node = element("div", "text");
  const names = new Map((message.mentions ?? []).map((mention) => [mention.key, mention.name]));
  const pattern = new RegExp(LINKS.source + "|@_user_\\d+|@_all", "g");
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const name = found[0] === "@_all" ? word("everybody") : names.get(found[0]);
    node.append(text.slice(end, found.index));
    if (name) node.append(element("span", "at", "@" + name));
    else if (found[0].startsWith("@")) node.append(found[0]);
    else appendLink(node, found[1] ?? found[0], found[2] ?? found[0], 6);
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

function postOf(post, message) {
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
    for (const node of line) appendNode(paragraph, node, message);
    box.append(paragraph);
  }
  return box;
}

function appendNode(parent, node, message) {
  if (node.tag === "a") { appendLink(parent, node.text ?? node.href, node.href ?? "", 6); return; }
  if (node.tag === "at") {
    const mention = (message.mentions ?? []).find((each) => each.key === node.user_id);
    parent.append(element("span", "at", "@" + (mention?.name ?? node.user_name ?? people.get(node.user_id) ?? node.user_id ?? "")));
    return;
  }
  if (node.tag === "img") { parent.append(pictureOf(node.image_key)); return; }
  if (node.tag === "media") { parent.append(soundOf(node.file_key, "video")); return; }
  if (node.tag === "emotion") { parent.append(`[${emojiWord(node.emoji_type ?? "")}]`); return; }
  const names = { bold: "strong", italic: "em", underline: "u", lineThrough: "s" };
  let inner = document.createTextNode(node.text ?? "");
  for (const style of node.style ?? []) if (names[style]) { const wrap = element(names[style]); wrap.append(inner); inner = wrap; }
  parent.append(inner);
}
