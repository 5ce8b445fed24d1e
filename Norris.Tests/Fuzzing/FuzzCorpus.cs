namespace Norris.Tests.Fuzzing;

/// <summary>
/// Inputs that are kept: what a target begins with, and, in <c>Found/TARGET/</c>, one file for each input that once showed a mistake. Tests
/// run them all, and so does <c>make fuzz</c> before it looks for new ones.
/// </summary>
internal static class FuzzCorpus
{
    /// <summary>Everything that is kept for a target, with a name for each.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Of(string name, FuzzTarget target) => target.Seeds()
        .Select(static (bytes, index) => ($"seed-{index}", bytes))
        .Concat(Found(name).Select(static file => (Path.GetFileName(file), File.ReadAllBytes(file))));

    /// <summary>Writes it into a folder, a file each.</summary>
    public static void Write(string name, FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string file, byte[] bytes) in Of(name, target))
        {
            File.WriteAllBytes(Path.Combine(folder, file), bytes);
        }
    }

    private static IEnumerable<string> Found(string name)
    {
        string folder = Path.Combine(Path.GetDirectoryName(TidyTests.Source())!, "Norris.Tests", "Fuzzing", "Found", name);
        return Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal) : [];
    }
}
