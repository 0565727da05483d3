"use strict";

/** The page's words in both languages. `%1`, `%2` are filled in. */
const WORDS = {
  "zh-CN": {
    title: "AI 助理 · 沙盒", skip: "跳到输入框", chats: "会话", conversation: "对话", welcome: "和机器人说点什么",
    welcomeText: "消息会像飞书那样签名、加密后投递给网关；机器人的回复会出现在这里。拖入会议记录或选一个文件，它会整理成纪要。",
    try: "试一份会议记录", typing: "正在输入", remove: "移除", messageLabel: "消息",
    placeholder: "发消息给机器人，或拖入会议记录", attach: "选文件", sample: "示例会议记录",
    hint: "Enter 发送，Shift+Enter 换行", send: "发送", drop: "松开以添加会议记录（.txt .md .vtt .srt）",
    connecting: "连接中…", lost: "与沙盒的连接断开，正在重连…", ready: "网关已验证 · 事件%1",
    unverified: "等待网关应答验证请求…", noGateway: "没有配置网关", encrypted: "已签名加密", plain: "明文",
    private: "单聊", group: "群聊，会 @ 机器人", groupName: "产品周会",
    sending: "正在投递…", acknowledged: "已送达 · %1 毫秒", redelivered: "已送达 · 重投 %1 次 · %2 毫秒",
    waiting: "网关未应答（%1），%2后重投", failed: "投递失败，已放弃（%1）", noAnswer: "无响应", copies: "投递了 %1 份",
    expand: "展开全文（%1 行）", collapse: "收起", edited: "已编辑", recalled: "消息已撤回", replyTo: "回复 %1：",
    unsupported: "[%1 消息]", bytes: "%1 KB · %2 行", tooBig: "文件有 %1 KB，飞书一条消息最多 150 KB。",
    tooLong: "这条消息有 %1 KB，飞书最多 150 KB。", wrongType: "请选择 .txt、.md、.vtt 或 .srt 文本文件。",
    refused: "没有发出：%1", sampleName: "示例会议记录.txt", copy: "复制", copied: "已复制", seconds: "%1 秒",
    minutes: "%1 分钟", hours: "%1 小时", image: "[图片]", you: "你", newMessages: "有新消息 ↓",
    emoji: { OnIt: "正在处理", Typing: "输入中", DONE: "完成", Get: "收到", OK: "好的", THUMBSUP: "赞", ERROR: "出错了" },
  },
  en: {
    title: "AI Assistant · Sandbox", skip: "Skip to the text box", chats: "Chats", conversation: "Conversation",
    welcome: "Say something to the bot",
    welcomeText: "As in Feishu, your message is signed, encrypted and delivered to the gateway; the bot's replies appear here. Drop or choose a meeting transcript to get its minutes.",
    try: "Try a meeting transcript", typing: "Typing", remove: "Remove", messageLabel: "Message",
    placeholder: "Message the bot, or drop a transcript", attach: "Choose file", sample: "Sample transcript",
    hint: "Enter sends, Shift+Enter breaks the line", send: "Send", drop: "Drop to add the transcript (.txt .md .vtt .srt)",
    connecting: "Connecting…", lost: "Connection to the sandbox lost, trying again…", ready: "Gateway verified · events %1",
    unverified: "Waiting for the gateway to answer the challenge…", noGateway: "No gateway configured",
    encrypted: "signed and encrypted", plain: "in clear",
    private: "Direct chat", group: "Group, mentions the bot", groupName: "Product weekly",
    sending: "Delivering…", acknowledged: "Delivered · %1 ms", redelivered: "Delivered · after %1 more tries · %2 ms",
    waiting: "Gateway did not acknowledge (%1), next try in %2", failed: "Not delivered, given up (%1)",
    noAnswer: "no answer", copies: "%1 copies delivered", expand: "Show all (%1 lines)", collapse: "Show less",
    edited: "edited", recalled: "Message recalled", replyTo: "Replying to %1: ", unsupported: "[%1 message]",
    bytes: "%1 KB · %2 lines", tooBig: "The file has %1 KB; a Feishu message takes 150 KB at most.",
    tooLong: "This message has %1 KB; Feishu takes 150 KB at most.", wrongType: "Please choose a .txt, .md, .vtt or .srt text file.",
    refused: "Not sent: %1", sampleName: "sample-transcript.txt", copy: "Copy", copied: "Copied", seconds: "%1 s",
    minutes: "%1 min", hours: "%1 h", image: "[image]", you: "You", newMessages: "New messages ↓",
    emoji: { OnIt: "on it", Typing: "typing", DONE: "done", Get: "got it", OK: "OK", THUMBSUP: "thumbs up", ERROR: "error" },
  },
};

let language = "zh-CN";
try { if (localStorage.getItem("language") in WORDS) language = localStorage.getItem("language"); }
catch { /* storage is off: the default language it is */ }

/** The phrase `key` with its blanks filled in. */
function word(key, ...values) {
  const phrase = WORDS[language][key] ?? key;
  return values.reduce((text, value, index) => text.replace("%" + (index + 1), String(value)), phrase);
}

/** Puts the words of the current language into the page. */
function translatePage() {
  document.documentElement.lang = language;
  document.title = word("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
  const toggle = document.getElementById("language");
  toggle.textContent = language === "en" ? "中文" : "English";
  toggle.lang = language === "en" ? "zh-CN" : "en";
}
