"use strict";

/** The page's words in both languages. `%1`, `%2` are filled in. */
const WORDS = {
  "zh-CN": {
    title: "AI 助理 · 沙盒", skip: "跳到输入框", chats: "会话", conversation: "对话", welcome: "和机器人说点什么",
    welcomeText: "消息会像飞书那样签名、加密后投递给网关；机器人的回复会出现在这里。拖入会议记录、图片或文件，它都能收到。",
    try: "试一份会议记录", typing: "正在输入", remove: "移除", messageLabel: "消息", cancel: "取消", close: "关闭",
    placeholder: "发消息给机器人，或拖入会议记录、图片、文件", attach: "选文件", sample: "示例会议记录",
    hint: "Enter 发送，Shift+Enter 换行", send: "发送", save: "保存", drop: "松开以添加",
    connecting: "连接中…", lost: "与沙盒的连接断开，正在重连…", ready: "网关已验证 · 事件%1",
    unverified: "等待网关应答验证请求…", noGateway: "没有配置网关", encrypted: "已签名加密", plain: "明文",
    private: "与 %1 单聊", group: "群聊 · %1 人", people: "%1", disbanded: "群已解散",
    newChat: "新会话", newPrivate: "单聊：谁在和机器人说话", newGroup: "新建群聊", personName: "姓名", groupNameLabel: "群名称",
    groupMembers: "成员（用顿号或逗号分隔）", start: "开始", create: "创建", manage: "管理群", members: "群成员", bots: "群机器人",
    addMember: "添加成员", add: "添加", rename: "修改群名", disband: "解散群", leave: "移出", withBot: "机器人",
    speaker: "发言人", otherSpeaker: "其他人…", mention: "提及", everybody: "所有人",
    sending: "正在投递…", acknowledged: "已送达 · %1 毫秒", redelivered: "已送达 · 重投 %1 次 · %2 毫秒",
    waiting: "网关未应答（%1），%2后重投", failed: "投递失败，已放弃（%1）", noAnswer: "无响应", copies: "投递了 %1 份",
    untold: "未 @ 机器人，没有推送",
    expand: "展开全文（%1 行）", collapse: "收起", edited: "已编辑", recalled: "消息已撤回", replyTo: "回复 %1：",
    editing: "编辑消息", threadOf: "在话题中回复 %1：", thread: "话题 · %1 条回复", replyThread: "回复话题",
    unsupported: "[%1 消息]", bytes: "%1 KB · %2 行", size: "%1 KB", tooBig: "文件有 %1 KB，飞书最多 %2 MB。",
    tooLong: "这条消息有 %1 KB，飞书最多 150 KB。", tooMany: "一次最多 9 个文件。",
    asFile: "改为文件", asText: "改为文本", refused: "没有发出：%1", failedAct: "没有成功：%1", sampleName: "示例会议记录.txt",
    copy: "复制", copied: "已复制", seconds: "%1 秒", minutes: "%1 分钟", hours: "%1 小时",
    image: "图片", file: "文件", audio: "语音", media: "视频", cardWord: "卡片", forwarded: "聊天记录", download: "下载",
    generating: "[生成中...]", more: "更多操作", reply: "回复", inThread: "回复到话题", edit: "编辑", recall: "撤回",
    forward: "转发给机器人", react: "添加表情", cardError: "出错了，请稍后重试 code: %1", sent: "已发送", choose: "请选择",
    confirm: "确定", tasks: "任务", due: "%1 截止", noDue: "无截止时间", template: "卡片模板 %1", menuSent: "已点击菜单“%1”",
    emoji: { OnIt: "正在处理", Typing: "输入中", DONE: "完成", Get: "收到", OK: "好的", THUMBSUP: "赞", ERROR: "出错了",
      HEART: "爱心", SMILE: "微笑", CLAP: "鼓掌", THANKS: "感谢", CheckMark: "对", CrossMark: "错", ThumbsDown: "踩",
      THINKING: "思考", LGTM: "没问题", OneSecond: "稍等" },
  },
  en: {
    title: "AI Assistant · Sandbox", skip: "Skip to the text box", chats: "Chats", conversation: "Conversation",
    welcome: "Say something to the bot",
    welcomeText: "As in Feishu, your message is signed, encrypted and delivered to the gateway; the bot's replies appear here. Drop a meeting transcript, a picture or a file: it gets them all.",
    try: "Try a meeting transcript", typing: "Typing", remove: "Remove", messageLabel: "Message", cancel: "Cancel", close: "Close",
    placeholder: "Message the bot, or drop a file", attach: "Files", sample: "Sample transcript",
    hint: "Enter sends, Shift+Enter breaks the line", send: "Send", save: "Save", drop: "Drop to add",
    connecting: "Connecting…", lost: "Connection to the sandbox lost, trying again…", ready: "Gateway verified · events %1",
    unverified: "Waiting for the gateway to answer the challenge…", noGateway: "No gateway configured",
    encrypted: "encrypted", plain: "in clear",
    private: "Direct chat with %1", group: "Group · %1 people", people: "%1", disbanded: "Group dissolved",
    newChat: "New chat", newPrivate: "Direct chat: who talks to the bot", newGroup: "New group", personName: "Name", groupNameLabel: "Group name",
    groupMembers: "Members (separated by commas)", start: "Start", create: "Create", manage: "Manage", members: "Members", bots: "Bots",
    addMember: "Add a member", add: "Add", rename: "Rename", disband: "Dissolve", leave: "Remove", withBot: "bot",
    speaker: "Who speaks", otherSpeaker: "Someone else…", mention: "Mention", everybody: "everyone",
    sending: "Delivering…", acknowledged: "Delivered · %1 ms", redelivered: "Delivered · after %1 more tries · %2 ms",
    waiting: "Gateway did not acknowledge (%1), next try in %2", failed: "Not delivered, given up (%1)",
    noAnswer: "no answer", copies: "%1 copies delivered", untold: "Bot not mentioned, nothing pushed",
    expand: "Show all (%1 lines)", collapse: "Show less",
    edited: "edited", recalled: "Message recalled", replyTo: "Replying to %1: ", editing: "Editing the message",
    threadOf: "Replying in thread to %1: ", thread: "Thread · %1 replies", replyThread: "Reply in thread",
    unsupported: "[%1 message]", bytes: "%1 KB · %2 lines", size: "%1 KB", tooBig: "The file has %1 KB; Feishu takes %2 MB at most.",
    tooLong: "This message has %1 KB; Feishu takes 150 KB at most.", tooMany: "Nine files at most at once.",
    asFile: "As a file", asText: "As text", refused: "Not sent: %1", failedAct: "Did not work: %1", sampleName: "sample-transcript.txt",
    copy: "Copy", copied: "Copied", seconds: "%1 s", minutes: "%1 min", hours: "%1 h",
    image: "Picture", file: "File", audio: "Voice", media: "Video", cardWord: "Card", forwarded: "Chat history", download: "Download",
    generating: "[Generating...]", more: "More", reply: "Reply", inThread: "Reply in thread", edit: "Edit", recall: "Recall",
    forward: "Forward to the bot", react: "Add a reaction", cardError: "Something went wrong, try again later. code: %1", sent: "Sent", choose: "Choose",
    confirm: "OK", tasks: "Tasks", due: "due %1", noDue: "no due date", template: "Card template %1", menuSent: "Menu item “%1” clicked",
    emoji: { OnIt: "on it", Typing: "typing", DONE: "done", Get: "got it", OK: "OK", THUMBSUP: "thumbs up", ERROR: "error",
      HEART: "heart", SMILE: "smile", CLAP: "clap", THANKS: "thanks", CheckMark: "right", CrossMark: "wrong", ThumbsDown: "thumbs down",
      THINKING: "thinking", LGTM: "LGTM", OneSecond: "one second" },
  },
};

let language = "zh-CN";
try { if (localStorage.getItem("language") in WORDS) language = localStorage.getItem("language"); }
catch { /* storage is off: the default language it is */ }

/** The phrase `key` with its blanks filled in. */
function word(key, ...values) {
  const phrase = WORDS[language][key] ?? key;
  return values.reduce((text, value, index) => text.replace("%" + (index + 1), () => String(value)), phrase);
}

const emojiWord = (type) => WORDS[language].emoji[type] ?? type;

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
