// Our words in the pages of xlwings Server, and the place where a button says how it ended.

document.documentElement.lang = "id";
document.title = "Kinerja";

const words = {
  "#xlwings-office-ready-error .mb-3": "Panel belum termuat dengan benar.",
  "#xlwings-taskpane-reload-btn": "Muat ulang",
  "#xlwings-taskpane-reload-cancel-btn": "Batal",
};
for (const [place, text] of Object.entries(words)) {
  document.querySelector(place).textContent = text;
}
for (const button of document.querySelectorAll(".btn-close")) {
  button.ariaLabel = "Tutup";
}

const result = document.querySelector("#hasil");

// Called by the server's last action of a button (macros/server/layanan.py).
function tampilkanHasil(context, sentence) {
  result.textContent = sentence;
  result.classList.remove("d-none");
  result.scrollIntoView({ block: "nearest" });
}
globalThis.xlwings.registerCallback(tampilkanHasil);

// What was said before does not stand beside what is running now.
for (const button of document.querySelectorAll("[xw-click]")) {
  button.addEventListener("click", () => result.classList.add("d-none"));
}
