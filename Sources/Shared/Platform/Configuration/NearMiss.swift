/// Finds the name that was probably meant.
enum NearMiss {
    /// The candidate nearest to `name`, when no more than a third of its letters differ.
    static func suggestion(for name: String, among candidates: [String]) -> String? {
        let nearest = candidates.map { (candidate: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= Swift.max(1, name.count / 3) else { return nil }
        return nearest.candidate
    }

    /// Levenshtein's distance, with a swap of neighbours as one step. Names beyond 100 bytes are no near misses.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8)
        let right = Array(right.lowercased().utf8)
        guard left.count <= 100, !left.isEmpty, !right.isEmpty else { return Int.max }
        var rows = [Array(0...right.count)]
        for i in 1...left.count {
            var row = [i]
            for j in 1...right.count {
                var best = Swift.min(
                    row[j - 1] + 1,
                    rows[i - 1][j] + 1,
                    rows[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                )
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    best = Swift.min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
