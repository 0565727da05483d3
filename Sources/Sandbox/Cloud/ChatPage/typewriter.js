"use strict";

// Types streamed text out, as Feishu's client does: what is new of a text that goes on is typed, anything else redrawn.

const typed = new Map(); // message id/element id -> { shown, target, timer, node, pace }
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** How a card wants to be typed; without a word of its own, as Feishu does by itself. */
function paceOf(card) {
  const config = card.config?.streaming_config ?? {};
  const number = (value, least, most, usual) => Math.min(most, Math.max(least, Number(value?.default) || usual));
  return {
    tick: number(config.print_frequency_ms, 20, 1000, 70), step: number(config.print_step, 1, 100, 1),
    isFast: config.print_strategy !== "delay",
  };
}

/** The node for a text element; one that is being typed goes on where it was. */
function typedNode(key, content, isStreaming, pace) {
  const node = element("div", "markdown");
  const known = typed.get(key);
  // A card that is closed is whole at once.
  if (!known || !isStreaming) {
    clearTimeout(known?.timer);
    typed.set(key, { shown: content.length, target: content, node, isStreaming, pace });
    fill(node, content, false);
    return node;
  }
  known.node = node;
  known.pace = pace;
  known.isStreaming = isStreaming;
  retarget(known, content);
  return node;
}

/** New text for an element that is shown; false when it is not. */
function typeText(key, content) {
  const known = typed.get(key);
  if (!known?.node?.isConnected) return false;
  known.isStreaming = true;
  // The caret is where text came last.
  const card = key.slice(0, key.indexOf("/") + 1);
  for (const [other, state] of typed) if (other !== key && state.isActive && other.startsWith(card)) { state.isActive = false; step(state); }
  known.isActive = true;
  retarget(known, content);
  return true;
}

function retarget(state, content) {
  const goesOn = content.startsWith(state.target);
  // What was not typed yet of the text before is shown at once (the strategy "fast").
  if (goesOn && content !== state.target && state.pace.isFast) state.shown = state.target.length;
  if (!goesOn) state.shown = still.matches ? content.length : 0;
  state.target = content;
  if (still.matches) state.shown = content.length;
  step(state);
}

function step(state) {
  clearTimeout(state.timer);
  const left = state.target.length - state.shown;
  if (left > 0) {
    // What must be fast is never more than about a second behind.
    state.shown += state.pace.isFast ? Math.max(state.pace.step, Math.ceil(left * state.pace.tick / 1000)) : state.pace.step;
    state.timer = setTimeout(() => step(state), state.pace.tick);
  }
  const isOpen = left > 0 || (state.isStreaming && state.isActive);
  if (!state.node?.isConnected && left <= 0) { fill(state.node, state.target, isOpen); return; }
  const follow = isAtEnd();
  fill(state.node, state.target.slice(0, state.shown), isOpen);
  if (follow) scrollDown(true, false);
}

function fill(node, text, isOpen) {
  node.replaceChildren(...renderMarkdown(text).childNodes);
  if (!isOpen) return;
  const caret = element("span", "caret");
  caret.setAttribute("aria-hidden", "true");
  const last = node.lastElementChild;
  (last && /^(P|H[1-6]|LI)$/.test(last.tagName) ? last : node).append(caret);
}
