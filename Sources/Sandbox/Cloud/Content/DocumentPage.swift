import JSON

/// The blocks of a document as HTML, each with its id, so that an address such as `/docx/doxcn…#doxcn…` leads to it.
struct DocumentPage {
    let document: CloudDocument

    var body: String { html(of: document.children) }

    private func html(of ids: [String], depth: Int = 0) -> String {
        guard depth < 20 else { return "" }
        var html = ""
        var list: String?
        for block in ids.compactMap({ document.blocks[$0] }) {
            let kind = [12: "ul", 13: "ol", 17: "ul"][block.type]
            if list != kind {
                if let list { html += "</\(list)>\n" }
                if let kind { html += "<\(kind)>\n" }
                list = kind
            }
            html += own(block, depth)
        }
        if let list { html += "</\(list)>\n" }
        return html
    }

    private func own(_ block: DocumentBlock, _ depth: Int) -> String {
        let words = words(of: block)
        let inner = block.type == 31 ? "" : html(of: block.children, depth: depth + 1)
        let id = " id=\"\(ReadingPage.escaped(block.id))\""
        switch block.type {
        case 3...11:
            let level = min(6, Int(block.type) - 1)
            return "<h\(level)\(id)>\(words)</h\(level)>\n" + inner
        case 12, 13: return "<li\(id)>\(words)\(inner)</li>\n"
        case 17:
            let box = block.content["style"]?["done"]?.bool == true ? "☑ " : "☐ "
            return "<li\(id) class=\"todo\">\(box)\(words)\(inner)</li>\n"
        case 14: return "<pre\(id)><code>\(words)</code></pre>\n"
        case 15, 19, 34: return "<blockquote\(id)>\(words)\(inner)</blockquote>\n"
        case 22: return "<hr\(id)>\n"
        case 31: return table(block, depth)
        default: return (words.isEmpty ? "" : "<p\(id)>\(words)</p>\n") + inner
        }
    }

    private func words(of block: DocumentBlock) -> String {
        block.runs.map { run in
            var words = ReadingPage.escaped(run.text)
            if run.isCode { words = "<code>\(words)</code>" }
            if run.isStruck { words = "<s>\(words)</s>" }
            if run.isItalic { words = "<em>\(words)</em>" }
            if run.isBold { words = "<strong>\(words)</strong>" }
            guard var link = run.link, link.hasPrefix("https://") || link.hasPrefix("http://") else { return words }
            // The tenant that the sandbox plays has no host of its own: its pages are here.
            let own = "https://\(CloudMeeting.tenantHost)"
            if link.hasPrefix(own + "/") { link = String(link.dropFirst(own.count)) }
            return "<a rel=\"noopener noreferrer nofollow\" href=\"\(ReadingPage.escaped(link))\">\(words)</a>"
        }.joined()
    }

    private func table(_ block: DocumentBlock, _ depth: Int) -> String {
        let width = max(1, Int(clamping: block.content["property"]?["column_size"]?.integer ?? 1))
        var html = "<table id=\"\(ReadingPage.escaped(block.id))\">\n"
        for (index, id) in block.children.enumerated() {
            if index % width == 0 { html += "<tr>" }
            let name = index < width ? "th" : "td"
            html += "<\(name)>" + self.html(of: document.blocks[id]?.children ?? [], depth: depth + 1) + "</\(name)>"
            if index % width == width - 1 { html += "</tr>\n" }
        }
        return html + "</table>\n"
    }
}
