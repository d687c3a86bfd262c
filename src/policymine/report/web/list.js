// A list of any length that holds only the items in sight.

class LongList {
  constructor(box, height, draw, choose) {
    Object.assign(this, { box, height, draw, choose, items: [], chosen: -1 });
    this.space = element("div", "space");
    box.append(this.space);
    box.addEventListener("scroll", () => this.show(), { passive: true });
    box.addEventListener("click", (event) => {
      const item = event.target.closest("[data-at]");
      if (item) this.choose(this.items[Number(item.dataset.at)]);
    });
    new ResizeObserver(() => this.show()).observe(box);
  }

  /** Show other items; the one that is chosen stays where it is in sight. */
  set(items, chosen) {
    this.items = items;
    this.chosen = items.indexOf(chosen);
    this.space.style.height = `${items.length * this.height}px`;
    this.show(true);
  }

  mark(item) {
    this.chosen = this.items.indexOf(item);
    if (this.chosen >= 0) {
      const top = this.chosen * this.height;
      const { scrollTop, clientHeight } = this.box;
      if (top < scrollTop) this.box.scrollTop = top;
      else if (top + this.height > scrollTop + clientHeight) this.box.scrollTop = top + this.height - clientHeight;
    }
    this.show(true);
  }

  show(anew = false) {
    const from = Math.max(0, Math.floor(this.box.scrollTop / this.height) - 6);
    const to = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.height) + 6);
    if (!anew && from === this.from && to === this.to) return;
    Object.assign(this, { from, to });
    const drawn = [];
    for (let i = from; i < to; i++) {
      const item = this.draw(this.items[i]);
      item.dataset.at = i;
      item.id = `${this.box.id}-${i}`;
      item.style.top = `${i * this.height}px`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-setsize", this.items.length);
      item.setAttribute("aria-posinset", i + 1);
      item.setAttribute("aria-selected", i === this.chosen);
      drawn.push(item);
    }
    this.space.replaceChildren(...drawn);
    if (this.chosen >= from && this.chosen < to) this.box.setAttribute("aria-activedescendant", `${this.box.id}-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  beside(step) {
    if (!this.items.length) return null;
    const at = this.chosen < 0 ? (step > 0 ? 0 : this.items.length - 1) : this.chosen + step;
    return this.items[Math.max(0, Math.min(at, this.items.length - 1))];
  }
}
