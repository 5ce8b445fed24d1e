namespace Norris.Tests.EndToEnd;

/// <summary>The same as <see cref="StaticBinaryFactAttribute"/>, for several rows.</summary>
public sealed class StaticBinaryTheoryAttribute : TheoryAttribute
{
    public StaticBinaryTheoryAttribute() => Skip = new StaticBinaryFactAttribute().Skip;
}
