// The same console in a window of its own, which takes the keyboard along: this page goes on as a watcher.

export function install(desk) {
  const button = desk.root.querySelector("[data-pop-out]");
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    if (desk.writing()) desk.release();
    window.open(button.href, "_blank", "popup,noopener,width=1000,height=640");
  });
}
