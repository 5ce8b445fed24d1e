namespace Norris.Tests.EndToEnd.Page;

/// <summary>A test of the page in a real browser with the static binary; skipped with a plain word where either is missing.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = WhyNot;

    internal static string? WhyNot => new StaticBinaryFactAttribute().Skip ?? (Chromium.Path is null ? "there is no chromium: scripts/setup --tests" : null);
}

/// <summary>The same for several rows.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = ChromiumFactAttribute.WhyNot;
}
