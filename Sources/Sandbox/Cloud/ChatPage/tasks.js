"use strict";

// The tasks that bots made, the newest first: a small list below the chats.

const tasks = new Map(); // guid -> task

function takeTask(task) { tasks.set(task.guid, task); }

function dueWords(task) {
  if (!task.due) return word("noDue");
  const date = new Date(Number(task.due.timestamp));
  const zone = task.due.is_all_day ? { timeZone: "UTC" } : { hour: "2-digit", minute: "2-digit" };
  return word("due", date.toLocaleString(language, { month: "2-digit", day: "2-digit", ...zone }));
}

function drawTasks() {
  const box = byId("tasks");
  // A phone has no room for it until somebody wants to see it.
  if (box.hidden && tasks.size) box.open = matchMedia("(min-width: 761px)").matches;
  box.hidden = !tasks.size;
  byId("taskCount").textContent = String(tasks.size);
  const newestFirst = [...tasks.values()].sort((a, b) => Number(b.created_at) - Number(a.created_at)).slice(0, 50);
  byId("taskList").replaceChildren(...newestFirst.map((task) => {
    const item = element("li", "task");
    item.dataset.guid = task.guid;
    const names = task.members.filter((member) => member.role === "assignee").map((member) => member.name).join("、");
    item.append(element("strong", "", task.summary), element("span", "kind", [dueWords(task), names].filter(Boolean).join(" · ")));
    if (task.description) item.title = task.description;
    return item;
  }));
}
