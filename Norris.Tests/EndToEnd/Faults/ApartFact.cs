using Norris.Load.Faults;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>A test of the static binary in networks that can be cut; skipped with a plain word where they cannot be made.</summary>
public sealed class ApartFactAttribute : FactAttribute
{
    public ApartFactAttribute() => Skip = WhyNot;

    internal static string? WhyNot => new StaticBinaryFactAttribute().Skip ?? (BridgedNetwork.IsPossible ? null : BridgedNetwork.Obstacle);
}

/// <summary>The same for several rows.</summary>
public sealed class ApartTheoryAttribute : TheoryAttribute
{
    public ApartTheoryAttribute() => Skip = ApartFactAttribute.WhyNot;
}
