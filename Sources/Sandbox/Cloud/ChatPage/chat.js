"use strict";

// Joins the parts: what is clicked, typed and dropped.

function drawAll() {
  drawStatus();
  drawChats();
  drawTasks();
  drawRoom();
  watchStreaming();
}

function wireComposer() {
  const box = byId("text");
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (pickerKey(event)) { event.preventDefault(); return; }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
    if (event.key === "Escape") stopComposing();
  });
  box.addEventListener("input", () => { grow(); drawPicker(); });
  box.addEventListener("blur", () => { byId("picker").hidden = true; });
  box.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) { event.preventDefault(); takeFiles([...event.clipboardData.files]); } });
  byId("file").addEventListener("change", (event) => { takeFiles([...event.target.files]); event.target.value = ""; });
  byId("sample").addEventListener("click", takeSample);
  byId("try").addEventListener("click", takeSample);
  byId("cancelBanner").addEventListener("click", stopComposing);
  byId("mention").addEventListener("click", () => {
    const spaced = box.value && !/\s$/.test(box.value) ? " @" : "@";
    box.focus();
    box.setRangeText(spaced, box.selectionStart, box.selectionEnd, "end");
    drawPicker();
  });
  byId("speaker").addEventListener("change", (event) => {
    if (event.target.value === "") showOtherSpeaker(); else drawRoom();
  });
}

function wireDrops() {
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
    takeFiles([...event.dataTransfer.files]);
  });
}

function wireRest() {
  byId("newChat").addEventListener("click", showNewChat);
  byId("manage").addEventListener("click", showManage);
  byId("sheet").addEventListener("close", () => { const closed = sheetClosed; sheetClosed = null; closed?.(); if (state) drawSpeakers(chats.get(room)); });
  byId("language").addEventListener("click", () => {
    language = language === "en" ? "zh-CN" : "en";
    try { localStorage.setItem("language", language); } catch { /* not remembered then */ }
    translatePage();
    drawAttachments();
    if (state) drawAll();
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".popup")) closeMenus(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(); });
}

translatePage();
wireComposer();
wireDrops();
wireRest();
listen();
