/// A page of a document or of minutes. Whatever an app or a person wrote is escaped, so nothing of it becomes markup.
enum ReadingPage {
    static func escaped(_ text: String) -> String {
        var safe = ""
        for character in text {
            switch character {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.append(character)
            }
        }
        return safe
    }

    static func page(title: String, note: String, body: String) -> String {
        """
        <!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(escaped(title))</title><link rel="stylesheet" href="/reading.css"></head><body><main>
        <h1>\(escaped(title))</h1><p class="note">\(escaped(note))</p>
        \(body)</main></body></html>
        """
    }
}
