namespace Norris.Tests.EndToEnd;

/// <summary>A test of the static binary; skipped with a plain word where it has not been built.</summary>
public sealed class StaticBinaryFactAttribute : FactAttribute
{
    public StaticBinaryFactAttribute()
    {
        if (!File.Exists(BinaryPath))
        {
            Skip = "artifacts/norris is not built: make binary";
        }
    }

    internal static string BinaryPath { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NorrisChat.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return Path.Combine(folder ?? "", "artifacts", "norris");
    }
}
