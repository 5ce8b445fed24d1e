namespace Norris.Tests.EndToEnd.Guests;

/// <summary>A test with QEMU guests; skipped where their image is not made (scripts/guests/image).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestsFactAttribute : FactAttribute
{
    public GuestsFactAttribute()
    {
        if (!File.Exists(Path.Combine(Root, "artifacts", "guests", "image", "machine")))
        {
            Skip = "there is no QEMU guest here: scripts/guests/image makes one";
        }
    }

    internal static string Root { get; } = Path.GetFullPath(Path.Combine(StaticBinaryFactAttribute.BinaryPath, "..", ".."));
}
