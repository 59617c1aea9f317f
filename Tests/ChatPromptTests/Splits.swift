/// Every way to cut a text in two, every piece alone, and some pieces of middling size.
func everySplit(_ text: String) -> [[String]] {
    let characters = Array(text.unicodeScalars).map(String.init)
    var splits = [[text], characters]
    for cut in 0...characters.count {
        splits.append([characters[..<cut].joined(), characters[cut...].joined()])
    }
    for size in [2, 3, 5, 7] {
        splits.append(
            stride(from: 0, to: characters.count, by: size).map { start in
                characters[start..<min(start + size, characters.count)].joined()
            })
    }
    return splits
}
