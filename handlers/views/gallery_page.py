"""The frame of the gallery: everything the page needs stands in it."""

from __future__ import annotations

from string import Template

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tapsyrys: texts</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --ink: #17212b; --wall: #dfe7ee;
  --soft: #60707e; --line: #c5d0da; --accent: #2a6fb0; --good: #1f7a4d; --bad: #b3362b; }
@media (prefers-color-scheme: dark) { :root { --paper: #1e2a35; --ink: #e8eef3; --wall: #0f171e;
  --soft: #9db0c0; --line: #35444f; --accent: #5aa3e6; --good: #4fbf86; --bad: #ef7d72; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wall); color: var(--ink);
  font: 15px/1.45 system-ui, "Noto Sans", sans-serif; }
header { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .7rem 1rem;
  border-bottom: 1px solid var(--line); }
header h1 { margin: 0 1rem 0 0; font-size: 1.1rem; display: inline-block; }
header ul { display: inline; margin: 0; padding: 0; }
header li { display: inline-block; margin-right: 1rem; color: var(--soft); }
a { color: var(--accent); }
input { font: inherit; padding: .35rem .6rem; width: min(100%, 22rem); margin-top: .4rem;
  border: 1px solid var(--line); border-radius: .4rem; background: var(--wall); color: inherit; }
main { max-width: 76rem; margin: 0 auto; padding: 0 1rem 4rem; }
h2 { margin: 2rem 0 .5rem; scroll-margin-top: 7rem; }
article { margin: 1.2rem 0; scroll-margin-top: 7rem; }
h3 { margin: 0 0 .4rem; font: 600 .95rem ui-monospace, monospace; }
h3 a { text-decoration: none; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.column { min-width: 0; max-width: 36rem; }
.tongue { font-size: .75rem; color: var(--soft); text-transform: uppercase; }
.message, .toast { background: var(--paper); border-radius: .8rem; padding: .6rem .8rem; margin: 0;
  overflow-wrap: anywhere; white-space: pre-wrap; }
.message p { margin: 0; }
.toast { background: var(--ink); color: var(--wall); }
tg-time { border-bottom: 1px dotted var(--accent); }
.file { display: inline-block; margin: 0 .3rem .4rem 0; padding: .1rem .5rem; font-size: .8rem;
  border: 1px dashed var(--soft); border-radius: .4rem; color: var(--soft); }
.row { display: flex; gap: .25rem; margin-top: .25rem; }
.button { flex: 1 1 0; padding: .4rem; text-align: center; border-radius: .5rem;
  background: var(--paper); border: 1px solid var(--line); overflow-wrap: anywhere; }
.primary { border-color: var(--accent); color: var(--accent); }
.success { border-color: var(--good); color: var(--good); }
.danger { border-color: var(--bad); color: var(--bad); }
.length { color: var(--soft); }
details { margin-top: .3rem; color: var(--soft); }
details .column { color: var(--ink); }
[hidden] { display: none; }
</style>
</head>
<body>
<header>
<h1>Tapsyrys: $count texts</h1><nav><ul>$contents</ul></nav>
<input type="search" id="find" placeholder="Find a name or a word" aria-label="Find">
</header>
<main>$sections</main>
<script>
const find = document.getElementById("find");
const entries = [...document.querySelectorAll("article")].map(
  (entry) => [entry, entry.textContent.toLocaleLowerCase()]);
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLocaleLowerCase();
  for (const [entry, text] of entries) entry.hidden = !text.includes(wanted);
  for (const section of document.querySelectorAll("section"))
    section.hidden = !section.querySelector("article:not([hidden])");
});
</script>
</body>
</html>
""")
