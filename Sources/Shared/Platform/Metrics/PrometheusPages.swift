/// The pages of several processes as one page, for a program that answers for others.
///
/// Source: Prometheus, "Exposition formats", text 0.0.4: the lines of one metric name stand together, with one header.
package enum PrometheusPages {
    private struct Family {
        var header: [Substring] = []
        var samples: [String] = []
    }

    /// Joins pages, each sample of a named page with the label `process`; those of pages without a name stay as they are.
    ///
    /// - Parameter pages: pages as `PrometheusRegistry.render()` writes them: a header before each family.
    /// - Returns: one page.
    package static func merged(_ pages: [(process: String?, text: String)]) -> String {
        var families: [Substring: Family] = [:]
        var order: [Substring] = []
        for (process, text) in pages {
            var current: Substring = ""
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# ") {
                    let words = line.split(separator: " ", maxSplits: 3)
                    guard words.count > 2 else { continue }
                    current = words[2]
                    if families[current] == nil {
                        families[current] = Family()
                        order.append(current)
                    }
                    // The first page that knows a family describes it.
                    if families[current]?.samples.isEmpty == true { families[current]?.header.append(line) }
                } else {
                    families[current]?.samples.append(labelled(line, process))
                }
            }
        }
        var page = ""
        for name in order {
            guard let family = families[name], !family.samples.isEmpty else { continue }
            for line in family.header { page += line + "\n" }
            for line in family.samples { page += line + "\n" }
        }
        return page
    }

    private static func labelled(_ sample: Substring, _ process: String?) -> String {
        guard let process, let end = sample.firstIndex(where: { $0 == "{" || $0 == " " }) else { return String(sample) }
        let label = MetricName.labels([("process", process)])
        let rest = sample[sample.index(after: end)...]
        return sample[end] == "{" ? "\(sample[..<end]){\(label),\(rest)" : "\(sample[..<end]){\(label)} \(rest)"
    }
}
