"use strict";

// Writing: text, mentions, replies, edits, and files of all kinds.

const LIMIT = 150 * 1024;
const FILE_LIMIT = 100 * 1024 * 1024;
const TEXT_FILE = /\.(txt|md|vtt|srt)$/i;
const AUDIO_FILE = /\.(opus|ogg|mp3|m4a|wav)$/i;
const VIDEO_FILE = /\.(mp4|webm|mov)$/i;
let attachments = []; // { name, kind: text|image|audio|media|file, text?, file?, url? }
let replying = null;  // { message, inThread }
let editing = null;   // the message

const byteCount = (text) => new TextEncoder().encode(text).length;
const kilobytes = (count) => Math.ceil(count / 102.4) / 10;

function complain(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = !text;
}

// MARK: attachments

async function takeFiles(files) {
  complain("");
  for (const file of files) {
    if (attachments.length >= 9) { complain(word("tooMany")); return; }
    if (file.size > FILE_LIMIT) { complain(word("tooBig", kilobytes(file.size), 100)); continue; }
    const entry = { name: file.name, file, kind: "file" };
    if (/^image\/(png|jpeg|gif|webp|bmp)$/.test(file.type)) { entry.kind = "image"; }
    else if (AUDIO_FILE.test(file.name)) entry.kind = "audio";
    else if (VIDEO_FILE.test(file.name)) entry.kind = "media";
    else if (TEXT_FILE.test(file.name) && file.size <= LIMIT) { entry.kind = "text"; entry.text = await file.text(); }
    attachments.push(entry);
  }
  drawAttachments();
  byId("send").focus();
}

async function takeSample() {
  const response = await fetch(`/sample.${language}.txt`);
  if (!response.ok) return;
  const text = await response.text();
  attachments.push({ name: word("sampleName"), kind: "text", text, file: new File([text], word("sampleName")) });
  drawAttachments();
  byId("send").focus();
}

function drawAttachments() {
  const list = byId("attachments");
  list.textContent = "";
  for (const entry of attachments) {
    const box = element("div", "attachment");
    const paper = element("div", "paper " + entry.kind);
    paper.setAttribute("aria-hidden", "true");
    const about = element("div", "about");
    const size = entry.kind === "text" ? word("bytes", kilobytes(byteCount(entry.text)), entry.text.trimEnd().split("\n").length)
      : `${word(entry.kind)} · ${word("size", kilobytes(entry.file.size))}`;
    about.append(element("strong", "", entry.name), element("span", "", size));
    box.append(paper, about);
    if (entry.text !== undefined) {
      box.append(action(word(entry.kind === "text" ? "asFile" : "asText"), "ghost small", () => { entry.kind = entry.kind === "text" ? "file" : "text"; drawAttachments(); }));
    }
    const remove = action(word("remove"), "ghost small", () => { attachments = attachments.filter((each) => each !== entry); drawAttachments(); byId("text").focus(); });
    box.append(remove);
    list.append(box);
  }
}

async function upload(entry) {
  const kind = entry.kind === "image" ? "image" : "file";
  const response = await fetch(`/sandbox/resources?kind=${kind}&name=${encodeURIComponent(entry.name)}`, {
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: entry.file,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.status);
  return answer.image_key ?? answer.file_key;
}

/** Milliseconds a recording plays, 0 where the browser cannot tell. */
function durationOf(file) {
  return new Promise((resolve) => {
    const player = new Audio();
    const url = URL.createObjectURL(file);
    const end = (value) => { URL.revokeObjectURL(url); resolve(value); };
    player.addEventListener("loadedmetadata", () => end(Number.isFinite(player.duration) ? Math.round(player.duration * 1000) : 0));
    player.addEventListener("error", () => end(0));
    setTimeout(() => end(0), 3000);
    player.src = url;
  });
}

// MARK: replies and edits

function startReply(message, inThread) {
  editing = null;
  replying = { message, inThread };
  showBanner(word(inThread ? "threadOf" : "replyTo", message.name) + plain(message).replace(/\s+/g, " ").slice(0, 50));
}

function startEdit(message) {
  replying = null;
  editing = message;
  byId("text").value = mentioned(parse(message.content)?.text ?? "", message);
  showBanner(word("editing"));
  grow();
}

function showBanner(text) {
  byId("bannerText").textContent = text;
  byId("banner").hidden = false;
  byId("text").focus();
}

function stopComposing() {
  if (editing) byId("text").value = "";
  replying = editing = null;
  picked = [];
  byId("banner").hidden = true;
  byId("picker").hidden = true;
  complain("");
}

// MARK: sending

async function send() {
  const box = byId("text");
  const typedText = box.value.trim();
  const text = [typedText, ...attachments.filter((entry) => entry.kind === "text").map((entry) => entry.text.trim())].filter(Boolean).join("\n\n");
  const files = attachments.filter((entry) => entry.kind !== "text");
  if (!text && !files.length) return;
  if (byteCount(text) > LIMIT) { complain(word("tooLong", kilobytes(byteCount(text)))); return; }
  byId("send").disabled = true;
  try {
    if (editing) await ask("POST", `messages/${editing.message_id}/edit`, { text: backToKeys(text, editing) });
    else await sendAll(text, files);
    box.value = "";
    attachments = [];
    drawAttachments();
    stopComposing();
    grow();
  } catch (error) {
    complain(word("refused", error.message));
  } finally {
    byId("send").disabled = false;
    box.focus();
  }
}

async function sendAll(text, files) {
  const images = files.filter((entry) => entry.kind === "image");
  const say = (body) => ask("POST", "messages", {
    chat_id: room, user: actor(), mention_bot: false,
    ...(replying && { reply_to: replying.message.message_id, in_thread: replying.inThread }), ...body,
  });
  if (text && images.length) {
    // Text and pictures written together are a post. The cloud's key of the first mention is @_user_1.
    const bot = picked.find((each) => state.apps.some((app) => app.app_id === state.app_id && app.open_id === each.id));
    const words = bot ? text.replace("@" + bot.name, "").trim() : text;
    const content = words.split("\n").map((line) => [{ tag: "text", text: line, style: [] }]);
    if (bot) content[0].unshift({ tag: "at", user_id: "@_user_1", user_name: bot.name, style: [] }, { tag: "text", text: " ", style: [] });
    for (const entry of images) content.push([{ tag: "img", image_key: await upload(entry) }]);
    await say({ message_type: "post", content: { title: "", content }, mention_bot: Boolean(bot) });
  } else {
    if (text) await say({ text: addressed(text), at: picked.length > 0 });
    for (const entry of images) await say({ message_type: "image", content: { image_key: await upload(entry) } });
  }
  for (const entry of files.filter((each) => each.kind !== "image")) {
    const content = { file_key: await upload(entry), file_name: entry.name };
    if (entry.kind !== "file") content.duration = await durationOf(entry.file);
    if (entry.kind === "audio") delete content.file_name;
    await say({ message_type: entry.kind, content });
  }
}

/** Names of mentions back into their keys. */
function backToKeys(text, message) {
  return (message.mentions ?? []).reduce((result, mention) => result.replaceAll("@" + mention.name, mention.key), text);
}

function grow() {
  const box = byId("text");
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, window.innerHeight * 0.3) + "px";
}
