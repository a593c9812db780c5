// SPDX-License-Identifier: GPL-2.0-or-later
// Finds faults in a page as a browser shows it. report.sh puts this script into a copy
// of the page, and the page into a frame; the script posts its findings to the parent.
const faults = [];

addEventListener("securitypolicyviolation",
	event => faults.push(`request: ${event.blockedURI}`));
addEventListener("error", event => faults.push(`error: ${event.message}`), true);

function overlap(a, b)
{
	return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
		Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
}

// WCAG 2: relative luminance of "rgb(r, g, b)".
function luminance(colour)
{
	const [r, g, b] = colour.match(/[\d.]+/g).map(c => {
		c = Number(c) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b)
{
	const [x, y] = [luminance(a), luminance(b)];
	return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function look_at(svg)
{
	const figure = svg.closest("figure");
	const name = figure.querySelector("figcaption").textContent;
	const back = getComputedStyle(figure).backgroundColor;
	const frame = svg.getBoundingClientRect();
	const texts = [...svg.querySelectorAll("text")].map(text => ({
		text, words: text.textContent.trim(), box: text.getBoundingClientRect(),
	})).filter(t => t.words);

	for (const [i, t] of texts.entries()) {
		const pixels = parseFloat(getComputedStyle(t.text).fontSize) *
			frame.width / svg.viewBox.baseVal.width;
		if (t.box.left < frame.left - 1 || t.box.right > frame.right + 1 ||
		    t.box.top < frame.top - 1 || t.box.bottom > frame.bottom + 1)
			faults.push(`cut: ${name}: "${t.words}"`);
		if (t.words.includes("..."))
			faults.push(`shortened: ${name}: "${t.words}"`);
		if (pixels < 10.5)
			faults.push(`small: ${name}: "${t.words}", ${pixels} pixels`);
		if (contrast(getComputedStyle(t.text).fill, back) < 3)
			faults.push(`faint: ${name}: "${t.words}"`);
		for (const other of texts.slice(i + 1))
			if (overlap(t.box, other.box))
				faults.push(`overlap: ${name}: "${t.words}", "${other.words}"`);
	}
	if (!texts.some(t => /µs$|^instructions$|, instructions$/.test(t.words)))
		faults.push(`no unit: ${name}`);
	return texts.length;
}

addEventListener("load", () => {
	const shown = [...document.querySelectorAll("figure svg")]
		.filter(svg => svg.getBoundingClientRect().width > 0);
	let texts = 0;

	for (const svg of shown)
		texts += look_at(svg);
	for (const entry of performance.getEntriesByType("resource"))
		faults.push(`request: ${entry.name}`);
	for (const box of document.querySelectorAll(".scroll"))
		if (box.scrollWidth > box.clientWidth + 1)
			faults.push(`table: ${box.scrollWidth} > ${box.clientWidth}: ${box.textContent.trim().slice(0, 40)}`);
	const page = document.documentElement;
	if (page.scrollWidth > page.clientWidth)
		faults.push(`scrolls sideways: ${page.scrollWidth} > ${page.clientWidth}`);
	parent.postMessage({
		page: location.pathname.split("/").pop(), width: innerWidth, figures: shown.length, texts,
		dark: matchMedia("(prefers-color-scheme: dark)").matches,
		faults,
	}, "*");
});
