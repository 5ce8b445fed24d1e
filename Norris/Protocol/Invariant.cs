using System.Diagnostics.CodeAnalysis;

namespace Norris.Protocol;

/// <summary>
/// Checks that stay on in release: what must hold if this program has no bug. A peer's mistake is never an invariant,
/// it is a result that the caller handles.
/// </summary>
internal static class Invariant
{
    /// <summary>Ends the operation at hand when <paramref name="condition"/> is false: continuing would spread a wrong order.</summary>
    /// <exception cref="InvariantViolatedException">The condition is false.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string invariant)
    {
        if (!condition)
        {
            Throw(invariant);
        }
    }

    [DoesNotReturn]
    private static void Throw(string invariant) => throw new InvariantViolatedException(invariant);
}

/// <summary>A bug of this program, found by itself. The node that finds it stops rather than order wrongly.</summary>
internal sealed class InvariantViolatedException(string invariant) : Exception($"invariant violated: {invariant}");
