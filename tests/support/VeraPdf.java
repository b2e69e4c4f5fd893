import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Says for each file in a line of JSON whether it is PDF/A-2b, and by which clauses it is not. */
class VeraPdf {
  public static void main(String[] paths) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (String path : paths) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), PDFAFlavour.PDFA_2_B)) {
        PDFAValidator validator = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFA_2_B, false);
        ValidationResult result = validator.validate(parser);
        Map<String, Integer> failures = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
          if (assertion.getStatus() != TestAssertion.Status.FAILED) continue;
          String clause = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
          String at = String.valueOf(assertion.getLocation().getContext());
          failures.merge(clause + " " + String.valueOf(assertion.getMessage()) + " at " + at, 1, Integer::sum);
        }
        StringBuilder list = new StringBuilder();
        for (String failure : failures.keySet()) {
          list.append(list.length() == 0 ? "" : ",").append('"').append(escape(failure)).append('"');
        }
        System.out.println("{\"compliant\":" + result.isCompliant() + ",\"failures\":[" + list + "]}");
      }
    }
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(' ');
      else out.append(c);
    }
    return out.toString();
  }
}
